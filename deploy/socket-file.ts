/** A socket that a process left when it was killed: nobody answers there, and it stands in the way of the next one. */
import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';

/** Takes it away where it is a socket that nobody listens at; anything else is left for `listen` to refuse. */
export async function clearSocket(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const isDead = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'));
  });
  if (isDead) unlinkSync(path);
}
