import { InProcessBus } from '../../../storage/bus/in-process.ts';
import { busContract } from './contract.ts';

busContract('in-process bus', async (limits) => new InProcessBus({ ...limits, backoff: 1 }));
