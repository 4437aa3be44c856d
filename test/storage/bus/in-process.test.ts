import { InProcessBus } from '../../../storage/bus/in-process.ts';
import { boundedBusContract, busContract, type Limits } from './contract.ts';

const open = async (limits: Limits) => new InProcessBus({ ...limits, backoff: 1 });
busContract('in-process bus', open);
boundedBusContract('in-process bus', open);
