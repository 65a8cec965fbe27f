import * as z from 'zod';
import { normaliseUuid } from '../../events/read-ids.ts';
import { calls } from '../../ocrolus/calls.ts';
import { text } from '../../ocrolus/lenient-fields.ts';
import { pagesOf } from '../../store/keys.ts';
import type { Context } from '../context.ts';
import {
  type Fetch,
  type Fetched,
  type FetchTarget,
  isLacking,
  PAGES_LEFT,
  store,
  toFetched,
} from './fetch.ts';
import { type ResultAnswer, summarizableJson } from './outline.ts';
import { withStates } from './signals.ts';

/** Lists of which some elements may have another shape. */
const listOf = <T extends z.ZodType>(element: T) => z.array(element.catch({} as never)).catch([]);

/** The documented place of images, and the one in an example of the vendor (docs/ocrolus.md#signals). */
const Signals = z.looseObject({
  doc_analysis: listOf(
    z.looseObject({
      form_analysis: listOf(
        z.looseObject({
          signals: listOf(z.looseObject({ visualization_uuid: text })),
          visualizations: listOf(
            z.looseObject({ page_visualizations: listOf(z.looseObject({ image_url: text })) }),
          ),
        }),
      ),
    }),
  ),
});

/** Uuids of the images that the signals of a book name, in the order of their text: the same images make the same list. */
export function readImages({ json }: Pick<ResultAnswer, 'json'>): string[] {
  const documents = Signals.safeParse(json).data?.doc_analysis ?? [];
  const forms = documents.flatMap(({ form_analysis }) => form_analysis ?? []);
  const urls = forms.flatMap(({ visualizations }) =>
    (visualizations ?? []).flatMap(({ page_visualizations }) => page_visualizations ?? []),
  );
  const named = [
    ...forms.flatMap(({ signals }) => (signals ?? []).map(({ visualization_uuid }) => visualization_uuid)),
    ...urls.map(({ image_url }) => image_url?.split('/').at(-1)),
  ];
  const uuids = named.flatMap((id) => normaliseUuid(id) ?? []);
  return [...new Set(uuids)].sort();
}

/** Code: the signals name more images than this project can read. */
const TOO_MANY = 'too-many-images';

/**
 * Fetches the images that the signals of the book name, each under `<book>@<uuid>`, and then stores their list under
 * the book's uuid. An image never changes, so one that is stored is kept. The list is final when the signals are.
 */
export const fetchVisualizations: Fetch = async (context, target) => {
  const reply = await context.fetch(calls.bookSignals(context.bookId));
  if (reply.kind !== 'ok') return toFetched(target, reply);
  const { answer } = reply;
  const asked = { wanted: target.wanted, at: answer.askedAt };
  if (summarizableJson(answer) === undefined) return { class: 'permanent', code: TOO_MANY, ...asked };
  const images = readImages(answer);
  const kept = await keptImages(context, target);
  const gone = new Set<string>();
  let refused: Fetched | undefined;
  let hasProgressed = false;
  for (const image of images.filter((one) => !kept.has(subjectOf(context, one)))) {
    let stored: Fetched | 'stored' | 'gone';
    try {
      stored = await storeImage(context, target, image);
    } catch (error) {
      if (!hasProgressed) throw error;
      return { class: 'not-yet', code: PAGES_LEFT, ...asked, goesOn: true };
    }
    if (stored === 'gone') gone.add(image);
    else if (stored !== 'stored') {
      if (stored.class !== 'refused') return stored;
      refused = stored;
    }
    hasProgressed = true;
  }
  if (refused !== undefined) return refused;
  const list = { images: images.filter((image) => !gone.has(image)) };
  const body = Buffer.from(JSON.stringify(list));
  return withStates(await store(context, target, { ...answer, body, json: list }), answer);
};

/** @returns `gone`: Ocrolus does not have it any more. An answer is one for the whole result. */
async function storeImage(
  context: Context,
  target: FetchTarget,
  image: string,
): Promise<Fetched | 'stored' | 'gone'> {
  const reply = await context.fetch(calls.visualization(image));
  if (reply.kind !== 'ok') {
    const isGone = reply.kind === 'permanent' || isLacking(reply, target, context);
    return isGone ? 'gone' : { ...toFetched(target, reply), isServed: true };
  }
  const stored = await store(context, { ...target, subject: subjectOf(context, image) }, reply.answer);
  return stored.class === 'stored' ? 'stored' : stored;
}

const subjectOf = ({ bookId }: Context, image: string) => `${bookId}@${image}`;

const StoredImage = z.object({ subject: z.string(), answered: z.number().catch(0) });

/**
 * Subjects of the images that need not be fetched. With a limited retention, an image is fetched for each mark, because
 * it would expire before the list.
 */
async function keptImages(context: Context, { kind, wanted }: FetchTarget): Promise<Set<string>> {
  const { table, bookId, dependencies } = context;
  const expires = dependencies.settings.RESULT_DAYS !== undefined;
  const kept = new Set<string>();
  const query = { bookId, prefix: pagesOf(kind, bookId), attributes: ['subject', 'answered'] };
  for await (const item of table.query(query)) {
    const { subject, answered } = StoredImage.parse(item);
    if (!expires || answered >= wanted) kept.add(subject);
  }
  return kept;
}
