/** The sensor's limits as configured: people write seconds, the sensor counts µs. */
import { defaultSensorLimits, type SensorLimits } from '../sensor/sensor.ts';
import type { Config } from './config.ts';

export function sensorLimits({
  capture,
  sampling,
  ports,
}: Pick<Config, 'capture' | 'sampling' | 'ports'>): SensorLimits {
  const { decode, flow, http } = defaultSensorLimits;
  return {
    sampling,
    decode: {
      ...decode,
      fragments: {
        ...decode.fragments,
        timeoutUs: capture.fragmentTimeout * 1e6,
        maxOctets: capture.maxFragmentBytes,
      },
      vxlanPorts: capture.vxlanPorts,
      genevePorts: capture.genevePorts,
    },
    flow: {
      ...flow,
      flowTimeoutUs: capture.flowTimeout * 1e6,
      halfOpenTimeoutUs: capture.halfOpenTimeout * 1e6,
      maxFlows: capture.maxFlows,
      maxHeld: capture.maxBufferedBytes,
      separateVlans: capture.separateVlans,
      separateTunnels: capture.separateTunnels,
    },
    http: {
      ...http,
      ports: Object.keys(ports).length === 0 ? null : ports,
      message: { ...http.message, maxHeaderBytes: capture.maxHeaderBytes },
      content: { ...http.content, maxOutput: capture.maxDecodedBody },
    },
  };
}
