import type {
  AnalyticsFate,
  Book,
  BookClass,
  DetectFate,
  Document,
  DocumentStatus,
  ImageGroup,
  Mixed,
} from './book.ts';
import { UNCHANGED } from './book-state.ts';
import type { ModelContext } from './model-context.ts';
import type { Shares } from './profile.ts';
import { createRandom, HOUR, MINUTE, type Random, span, uuidFrom } from './random.ts';

/** What a book should be; what is left out is random. */
export interface BookSpec {
  readonly account?: string;
  /** Uploads at the beginning. */
  readonly documents?: number;
  /** Probabilities that differ from the profile's. */
  readonly shares?: Partial<Shares>;
}

const NAMES = ['Quillfeather Bakery', 'Quillfeather & Sons', 'Café Quillfeather', 'Quillfeather Müller GmbH'];

/** Makes a book that nothing has happened to yet, with a generator of its own. */
export function makeBook(context: ModelContext, spec: BookSpec = {}): Book {
  const { registry, profile } = context;
  const random = createRandom(context.random.int(0x1_0000_0000));
  const shares = spec.shares === undefined ? profile.shares : { ...profile.shares, ...spec.shares };
  const account = spec.account === undefined ? registry.anyAccount(random) : registry.account(spec.account);
  const uuid = uuidFrom(random);
  const pk = registry.nextPk(account);
  const createdAt = context.now();
  const created = `${new Date(createdAt).toISOString().slice(0, 19)}Z`;
  const name = `${random.pick(NAMES)} ${pk}`;
  const book: Book = {
    uuid,
    pk,
    account,
    name,
    created,
    createdAt,
    random,
    shares,
    hash: random.int(0x1_0000_0000),
    listText: `{"name":"${name}","created":"${created}","created_ts":"${created}","pk":${pk},"owner_email":"nora@quillfeather.example","is_public":true,"book_uuid":"${uuid}","id":${pk},"xid":null,"book_type":"DEFAULT"}`,
    bookClass: bookClass(random, shares),
    status: 'CREATED',
    visibleFrom: random.chance(shares.lateVisible) ? createdAt + span(random, MINUTE / 6, 30 * MINUTE) : 0,
    listedFrom: random.chance(shares.lateListed) ? createdAt + span(random, MINUTE, 40 * HOUR) : createdAt,
    vanishesAt: Number.POSITIVE_INFINITY,
    documents: [],
    mixed: [],
    businesses: [],
    requests: [],
    version: 1,
    changedAt: createdAt,
    statusText: undefined,
    shownText: undefined,
    shownSince: 0,
    shownUntil: 0,
    wasShown: false,
    uploading: 0,
    working: 0,
    captured: 0,
    detecting: 0,
    turn: 0,
    left: undefined,
    digest: '',
    verifiedAt: 0,
    idleAt: 0,
    onChange: () => context.onChange(book),
    stuck: random.chance(shares.stuck),
    isClassified: false,
    wasVerified: false,
    classification: { revision: 0, changedAt: createdAt, change: UNCHANGED },
    statements: { revision: 0, changedAt: createdAt, change: UNCHANGED },
    paystubs: { revision: 0, changedAt: createdAt, change: UNCHANGED },
    signals: { revision: 0, changedAt: createdAt, change: UNCHANGED },
    suspicious: { revision: 1, changedAt: createdAt, change: UNCHANGED },
    analyticsFate: analyticsFate(random, shares),
    passedAt: 0,
    startedJobs: new Map(),
    analytics: {
      ready: false,
      revision: 0,
      changedAt: createdAt,
      change: UNCHANGED,
      rows: 0,
      documents: 0,
      left: undefined,
    },
    slowAnswered: new Set(),
    income: { expected: random.chance(shares.income), revision: 0, changedAt: createdAt, change: UNCHANGED },
    completedTurn: 0,
    detectedTurn: 0,
    day: 0,
    calls: [],
  };
  registry.addBook(book);
  if (book.listedFrom > createdAt) context.schedule(book.listedFrom, () => registry.list(book));
  else registry.list(book);
  return book;
}

function bookClass(random: Random, shares: Shares): BookClass {
  if (random.chance(shares.classifyOnly)) return 'INSTANT_CLASSIFY_ONLY';
  return random.chance(shares.instant) ? 'INSTANT' : 'COMPLETE';
}

function analyticsFate(random: Random, shares: Shares): AnalyticsFate {
  if (random.chance(shares.tooLarge)) return 'too-large';
  if (random.chance(shares.failingJob)) return 'failing';
  if (random.chance(shares.passingCode)) return 'passing';
  if (random.chance(shares.large)) return 'large';
  if (random.chance(shares.slow)) return random.chance(0.5) ? 'slow' : 'slow-forever';
  return random.chance(shares.unsupported) ? 'unsupported' : 'normal';
}

const REASONS = [
  'DOCUMENT IS UNREADABLE',
  'INVALID DOCUMENT',
  'DOCUMENT DUPLICATE OF quillfeather-april.pdf',
  'Customer Requested Cancellation',
];

/** Makes a document of a book; it is not uploaded yet. */
export function makeDocument(
  context: ModelContext,
  book: Book,
  mixed?: Mixed,
  imageGroup?: ImageGroup,
): Document {
  const { random, account } = book;
  const { registry } = context;
  const uuid = uuidFrom(random);
  const pk = registry.nextPk(account);
  const kindDice = random.next();
  const document: Document = {
    book,
    uuid,
    pk,
    docUuid: mixed === undefined ? uuid : uuidFrom(random),
    name: `quillfeather-${pk}.pdf`,
    kind: kindDice < 0.65 ? 'statement' : kindDice < 0.85 ? 'form' : 'paystub',
    rows: kindDice >= 0.65 ? 0 : rowCount(book),
    mixed,
    imageGroup,
    outcome: outcomeOf(book),
    rejectionReason: random.pick(REASONS),
    detectFate: random.chance(book.shares.lateDetect) ? 'late' : detectFate(random.next()),
    status: 'QUEUED',
    listed: false,
    statusAt: context.now(),
    left: undefined,
    revision: 0,
    changedAt: context.now(),
    change: UNCHANGED,
    knownFrom: 0,
    resultsFrom: 0,
    detect: 'ABSENT',
    detectRun: 0,
    detectRevision: 0,
    detectChangedAt: context.now(),
    detectBefore: 'ABSENT',
    statusText: undefined,
    signalsText: undefined,
    day: 0,
    calls: [],
  };
  registry.addDocument(document);
  return document;
}

function rowCount({ random, shares }: Book): number {
  if (random.chance(shares.largeDocument)) return random.pick([1000, 6000]);
  return random.chance(0.02) ? 60 + random.int(240) : 1 + random.int(6);
}

function outcomeOf({ random, shares }: Book): DocumentStatus {
  if (random.chance(shares.allRejected >= 1 ? 1 : shares.rejected)) {
    return random.chance(0.8) ? 'REJECTED' : 'FAILED';
  }
  return random.chance(0.85) ? 'VERIFICATION_COMPLETE' : 'COMPLETED';
}

function detectFate(dice: number): DetectFate {
  if (dice < 0.6) return 'not_found';
  if (dice < 0.82) return 'found';
  if (dice < 0.9) return 'unable';
  if (dice < 0.92) return 'unsupported';
  if (dice < 0.95) return 'absent';
  return dice < 0.98 ? 'late' : 'pending';
}
