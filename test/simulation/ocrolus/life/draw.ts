import type {
  BookClass,
  DetectOutcome,
  Document,
  DocumentStatus,
  ImageGroup,
  Mixed,
  NewBook,
} from '../../../../infra/local/ocrolus/model/book.ts';
import { makeBook, makeDocument } from '../../../../infra/local/ocrolus/model/life.ts';
import type { Shares } from '../profile.ts';
import { createRandom, HOUR, MINUTE, type Random, span, uuidFrom } from '../random.ts';
import { type AnalyticsOddity, type BookScript, beginScript, type ScriptContext } from './script.ts';

/** Settings of a book. The rest is random. */
export interface BookSpec {
  /** Uploads at the beginning. */
  readonly documents?: number;
  /** Probabilities that differ from the profile's. */
  readonly shares?: Partial<Shares>;
}

const NAMES = ['Quillfeather Bakery', 'Quillfeather & Sons', 'Café Quillfeather', 'Quillfeather Müller GmbH'];

/** Followed by eight digits, above 2^53. */
const LARGE_PK = '90071992547';

/** Ascending over all accounts: 8 digits, or beyond 2^53. */
export function nextPk(context: ScriptContext, account: string): string {
  const { accounts } = context.profile;
  context.lastPk += 1;
  return accounts.find(({ name }) => name === account)?.largePks === true
    ? LARGE_PK + String(context.lastPk).padStart(8, '0')
    : String(48_000_000 + context.lastPk);
}

/** Draws a book that nothing has happened to yet, with a generator of its own. */
export function drawBook(context: ScriptContext, spec: BookSpec): BookScript {
  const { model, profile, schedule } = context;
  const { registry } = model;
  const random = createRandom(context.random.int(0x1_0000_0000));
  const shares = spec.shares === undefined ? profile.shares : { ...profile.shares, ...spec.shares };
  const account = random.pick([...registry.accounts.values()]);
  const uuid = uuidFrom(random);
  const pk = nextPk(context, account.name);
  const now = model.now();
  const name = `${random.pick(NAMES)} ${pk}`;
  const hash = random.int(0x1_0000_0000);
  const bookClass = drawClass(random, shares);
  const visibleFrom = random.chance(shares.lateVisible) ? now + span(random, MINUTE / 6, 30 * MINUTE) : 0;
  const listedFrom = random.chance(shares.lateListed) ? now + span(random, MINUTE, 40 * HOUR) : now;
  const isStuck = random.chance(shares.stuck);
  const { volume, oddity } = drawAnalytics(random, shares);
  const isIncomeExpected = random.chance(shares.income);
  const book = makeBook(model, {
    uuid,
    pk,
    account,
    name,
    xid: null,
    hash,
    bookClass,
    visibleFrom,
    isStuck,
    volume,
    isIncomeExpected,
  });
  if (listedFrom > now) schedule(listedFrom, () => registry.list(book));
  else registry.list(book);
  return beginScript({ context, book, random, shares, listedFrom, oddity });
}

function drawClass(random: Random, shares: Shares): BookClass {
  if (random.chance(shares.classifyOnly)) return 'INSTANT_CLASSIFY_ONLY';
  if (random.chance(shares.isoWorkflow)) return 'INSTANT_CLASSIFY_ISO_CAPTURE';
  return random.chance(shares.instant) ? 'INSTANT' : 'COMPLETE';
}

function drawAnalytics(
  random: Random,
  shares: Shares,
): { volume: NewBook['volume']; oddity: AnalyticsOddity } {
  if (random.chance(shares.tooLarge)) return { volume: 'too-large', oddity: 'none' };
  if (random.chance(shares.failingJob)) return { volume: 'large', oddity: 'failing' };
  if (random.chance(shares.passingCode)) return { volume: 'normal', oddity: 'passing' };
  if (random.chance(shares.large)) return { volume: 'large', oddity: 'none' };
  if (random.chance(shares.slow))
    return { volume: 'normal', oddity: random.chance(0.5) ? 'slow' : 'slow-forever' };
  return { volume: 'normal', oddity: random.chance(shares.unsupported) ? 'unsupported' : 'none' };
}

const REASONS = [
  'DOCUMENT IS UNREADABLE',
  'INVALID DOCUMENT',
  'DOCUMENT DUPLICATE OF quillfeather-april.pdf',
  'Customer Requested Cancellation',
];

/** Draws a document of a book; it is not uploaded yet. */
export function drawDocument(script: BookScript, mixed?: Mixed, imageGroup?: ImageGroup): Document {
  const { context, book, random, shares } = script;
  const uuid = uuidFrom(random);
  const pk = nextPk(context, book.account.name);
  const kindDice = random.next();
  return makeDocument(context.model, book, {
    uuid,
    pk,
    docUuid: mixed === undefined ? uuid : uuidFrom(random),
    name: `quillfeather-${pk}.pdf`,
    formType: 'W2',
    pages: 2,
    kind: kindDice < 0.65 ? 'bank-statement' : kindDice < 0.85 ? 'form' : 'pay-stub',
    rows: kindDice >= 0.65 ? 0 : drawRows(random, shares),
    mixed,
    imageGroup,
    isIsoApplication:
      book.bookClass === 'INSTANT_CLASSIFY_ISO_CAPTURE' && random.chance(shares.isoApplication),
    outcome: drawOutcome(random, shares),
    rejectionReason: random.pick(REASONS),
    detectOutcome: random.chance(shares.lateDetect) ? 'late' : drawDetect(random.next()),
  });
}

/** Draws a PDF that is to be split. */
export function drawMixed(script: BookScript): Mixed {
  const { context, book, random } = script;
  const pk = nextPk(context, book.account.name);
  const mixed: Mixed = {
    uuid: uuidFrom(random),
    pk,
    name: `quillfeather-${pk}.pdf`,
    parts: [],
    status: 'QUEUED',
  };
  for (let count = 1 + random.int(4); count > 0; count -= 1) drawDocument(script, mixed);
  return mixed;
}

function drawRows(random: Random, shares: Shares): number {
  if (random.chance(shares.largeDocument)) return random.pick([1000, 6000]);
  return random.chance(0.02) ? 60 + random.int(240) : 1 + random.int(6);
}

function drawOutcome(random: Random, shares: Shares): DocumentStatus {
  if (random.chance(shares.allRejected >= 1 ? 1 : shares.rejected)) {
    return random.chance(0.8) ? 'REJECTED' : 'FAILED';
  }
  return random.chance(0.85) ? 'VERIFICATION_COMPLETE' : 'COMPLETED';
}

function drawDetect(dice: number): DetectOutcome {
  if (dice < 0.6) return 'not_found';
  if (dice < 0.82) return 'found';
  if (dice < 0.9) return 'unable';
  if (dice < 0.92) return 'unsupported';
  if (dice < 0.95) return 'absent';
  return dice < 0.98 ? 'late' : 'pending';
}
