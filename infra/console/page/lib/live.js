import { useEffect, useState } from 'preact/hooks';

/** @typedef {import('./api.js').Snapshot} Snapshot */

/**
 * The latest state of the stack. The browser reconnects automatically.
 *
 * @returns {{ snapshot: Snapshot | undefined, isConnected: boolean }}
 */
export function useLive() {
  const [snapshot, setSnapshot] = useState(/** @type {Snapshot | undefined} */ (undefined));
  const [isConnected, setConnected] = useState(false);
  useEffect(() => {
    const source = new EventSource('api/live');
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false);
    source.onmessage = ({ data }) => {
      /** @type {Snapshot | null} */
      const latest = JSON.parse(data);
      setConnected(latest !== null);
      if (latest !== null) setSnapshot(latest);
    };
    return () => source.close();
  }, []);
  return { snapshot, isConnected };
}

/** The current time in Unix milliseconds, updated every second, so that ages grow. */
export function useNow() {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
