import { createHash } from 'node:crypto';
import { JsonScanner, type JsonVisitor, type ValueType } from './scanner.ts';

/** Selects the parts that are kept of a JSON text too large to be parsed. */
export interface OutlineShape {
  /**
   * Keys joined by dots; `*` is each element of an array, or each key that no other path names. No path is a prefix
   * of another. A string or literal at the end of a path is kept; an array or object is {@link Counted}. A key
   * `__proto__` is left out.
   */
  readonly paths: readonly string[];
  /**
   * Paths, or prefixes of paths, of values that may be left out beyond half of {@link MAX_OUTLINE_VALUES}, so that
   * the rest has the other half.
   */
  readonly details?: readonly string[];
  /** Path of the container whose bytes are hashed. */
  readonly digest: string;
}

export interface Outline {
  /**
   * The parsed text, with the values at the paths and no others. `{}` if there are more than {@link
   * MAX_OUTLINE_VALUES}.
   */
  readonly json: unknown;
  /** Some details, or everything, did not fit: counts in the outline are too low. */
  readonly isPartial?: boolean;
  /** SHA-256, in hexadecimal, of the bytes of the container at the path `digest`, if there is one. */
  readonly digest: string | undefined;
}

/** Limits the memory of an outline to about 10 MB. A counted container is one value, whatever its length. */
export const MAX_OUTLINE_VALUES = 100_000;

/** Replaces an array or object by the number of its elements or keys. */
export class Counted {
  readonly isArray: boolean;
  length = 0;

  constructor(isArray: boolean) {
    this.isArray = isArray;
  }
}

/** @throws JsonError */
export function outlineOf(text: Uint8Array, shape: OutlineShape): Outline {
  const scan = new OutlineScan(shape);
  scan.write(text);
  return scan.end();
}

interface Node {
  /** Empty if a path ends here. */
  readonly children: Map<string, Node>;
  isDigest: boolean;
  isDetail: boolean;
}

interface Container {
  readonly node: Node;
  readonly value: Record<string, unknown> | unknown[] | Counted;
}

/** Collects the outline of a JSON text that arrives in pieces. */
export class OutlineScan implements JsonVisitor {
  readonly #scanner = new JsonScanner(this);
  readonly #root: Node;
  readonly #kept: Container[] = [];
  #isPartial = false;
  #key: unknown;
  /** State of the value that is being read, unless it is a kept container. */
  #leaf: 'kept' | 'left out' | undefined;
  #values = 0;
  #json: unknown;
  readonly #hash = createHash('sha256');
  #hashed: Container | undefined;
  #digest: string | undefined;

  constructor(shape: OutlineShape) {
    this.#root = toTree(shape);
  }

  /** @throws JsonError */
  write(chunk: Uint8Array): void {
    this.#scanner.write(chunk);
  }

  /** @throws JsonError when the text is not complete. */
  end(): Outline {
    this.#scanner.end();
    const isTooMuch = this.#values > MAX_OUTLINE_VALUES;
    return {
      json: isTooMuch ? {} : this.#json,
      ...((this.#isPartial || isTooMuch) && { isPartial: true }),
      digest: this.#digest,
    };
  }

  beginValue(type: ValueType): boolean {
    const parent = this.#kept.at(-1)?.value;
    if (parent instanceof Counted) parent.length += 1;
    const node = this.#unlessTooMuch(this.#nodeOfNext());
    if (node === undefined || type === 'string' || type === 'literal')
      this.#leaf = node === undefined ? 'left out' : 'kept';
    else if (node.children.size === 0) this.#open({ node, value: new Counted(type === 'array') });
    else this.#open({ node, value: type === 'object' ? {} : [] });
    return node !== undefined;
  }

  key(key: unknown): void {
    this.#key = key;
  }

  endValue(value?: unknown): void {
    const leaf = this.#leaf;
    this.#leaf = undefined;
    if (leaf === 'kept' && value !== undefined) this.#keep(value);
    if (leaf !== undefined) return;
    const closed = this.#kept.pop();
    if (closed === undefined || closed !== this.#hashed) return;
    this.#scanner.stopRecording();
    this.#digest = this.#hash.digest('hex');
  }

  /** Node of the value that begins now; `undefined` if nothing of it is kept. */
  #nodeOfNext(): Node | undefined {
    const parent = this.#kept.at(-1);
    if (parent === undefined) return this.#root;
    const { children } = parent.node;
    if (Array.isArray(parent.value)) return children.get('*');
    return typeof this.#key === 'string' ? (children.get(this.#key) ?? children.get('*')) : undefined;
  }

  #unlessTooMuch(node: Node | undefined): Node | undefined {
    if (node?.isDetail !== true || this.#values < MAX_OUTLINE_VALUES / 2) return node;
    this.#isPartial = true;
    return undefined;
  }

  #open(container: Container): void {
    this.#keep(container.value);
    this.#kept.push(container);
    if (!container.node.isDigest || this.#hashed !== undefined) return;
    this.#hashed = container;
    this.#scanner.record((bytes) => this.#hash.update(bytes));
  }

  #keep(value: unknown): void {
    this.#values += 1;
    if (this.#values > MAX_OUTLINE_VALUES) return;
    const parent = this.#kept.at(-1)?.value;
    if (parent === undefined) this.#json = value;
    else if (Array.isArray(parent)) parent.push(value);
    else if (parent instanceof Counted || typeof this.#key !== 'string' || this.#key === '__proto__') return;
    else parent[this.#key] = value;
  }
}

function toTree({ paths, details = [], digest }: OutlineShape): Node {
  const root = newNode();
  for (const path of paths) nodeAt(root, path);
  for (const path of details) markDetails(nodeAt(root, path));
  nodeAt(root, digest).isDigest = true;
  return root;
}

function markDetails(node: Node): void {
  node.isDetail = true;
  for (const child of node.children.values()) markDetails(child);
}

function nodeAt(root: Node, path: string): Node {
  let node = root;
  for (const key of path.split('.')) {
    const next = node.children.get(key) ?? newNode();
    node.children.set(key, next);
    node = next;
  }
  return node;
}

function newNode(): Node {
  return { children: new Map(), isDigest: false, isDetail: false };
}
