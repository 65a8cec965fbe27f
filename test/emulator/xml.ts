/** An answer of AWS in XML: elements by name, lists where the children are called `item`, `member` or `entry`. */
// biome-ignore lint/suspicious/noExplicitAny: its shape is the service's, and the tests compare it.
export type Xml = any;

const TOKEN = /<\?[^>]*\?>|<!--.*?-->|<(\/?)([\w.:-]+)[^>]*?(\/?)>|([^<]+)/gs;
const LISTS = new Set(['item', 'member', 'entry']);

/** Reads as much of XML as AWS's services write: attributes and mixed content are left out. */
export function parseXml(text: string): Xml {
  const root: Element = { children: [], text: '' };
  const open: Element[] = [root];
  for (const [, closing, name, selfClosing, content] of text.matchAll(TOKEN)) {
    const parent = open.at(-1) ?? root;
    if (content !== undefined) parent.text += content;
    else if (closing === '/') open.pop();
    else if (name !== undefined) {
      const element: Element = { children: [], text: '' };
      parent.children.push([name, element]);
      if (selfClosing !== '/') open.push(element);
    }
  }
  return toValue(root);
}

interface Element {
  readonly children: [string, Element][];
  text: string;
}

function toValue({ children, text }: Element): Xml {
  if (children.length === 0) return decodeEntities(text.trim());
  if (children.every(([name]) => LISTS.has(name))) return children.map(([, child]) => toValue(child));
  return Object.fromEntries(children.map(([name, child]) => [name, toValue(child)]));
}

function decodeEntities(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
    code === undefined ? (named[name] ?? whole) : String.fromCharCode(Number(code)),
  );
}
