/** Reads the first snapshot of a console's live state. @param consoleUrl its address, with the token. */
export async function firstSnapshot(consoleUrl: string): Promise<unknown> {
  const { body } = await fetch(`${consoleUrl}api/live`);
  let text = '';
  for await (const chunk of body ?? []) {
    text += Buffer.from(chunk).toString();
    // `null`: no snapshot could be taken.
    const found = [...text.matchAll(/^data: (.*)\n\n/gm)].find(([, data]) => data !== 'null');
    if (found?.[1] !== undefined) return JSON.parse(found[1]);
  }
  throw new Error('no such snapshot');
}
