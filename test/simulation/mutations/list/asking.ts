import { mutationsIn } from '../mutation.ts';

export const ASKING = mutationsIn(`
shared/checklist/entry.ts
  two marks within a millisecond are one, and the answer to the first closes the second
  - wanted: Math.max(Math.floor(now), entry.wanted + 1) };
  + wanted: Math.floor(now) };
  the marks of an item that is created again are below its stored result
  - wanted: Math.max(Math.floor(now), entry.wanted + 1) };
  + wanted: entry.wanted + 1 };
  an observation postpones what an event has announced
  - if (isOpen && tried < entry.wanted) return { ...rest, wanted };
  each corrected document postpones what is computed from it
  - const isWaiting = isOpen && tries === 0 &&
  + const isWaiting = false && tries === 0 &&
  a look asks before an event had time to announce the result
  - const isWaiting = isOpen && tries === 0 && nextAt > iso((now + at) / 2);
  + const isWaiting = isOpen && tries === 0;

shared/reconcile/waiting.ts
  a bug is reported as a refusal
  - answer.isBug === true ? 'bug' : answer.class
  + answer.class
  a result that is missing for an hour is reported as new
  - return at === undefined ? now : Date.parse(at);
  + return now;
  a kind that every book is refused stops being missing before it is overdue
  - Math.min(overdue, times.refusedKind)
  + overdue
  a book that Ocrolus never shows is never overdue
  - if (isHidden && isExpected
  + if (isHidden && late.size > 0 && isExpected

shared/checklist/answer.ts
  what fails for the first time counts as failing since "not yet" was answered
  - answer.class === 'failed' ? (entry.failedSince ?? iso(now)) : undefined
  + answer.class === 'failed' ? since : undefined
  each failure counts as the first one
  - (entry.failedSince ?? iso(now))
  + iso(now)
  of two answers the one with the later clock counts, not the one for the later mark
  - one.wanted > kept.wanted || (one.wanted === kept.wanted && one.at > (kept.at ?? ''))
  + one.at > (kept.at ?? '')
  an answer for an earlier mark takes back a later one
  - if (!isLater(answer, { wanted: entry.answered, at: entry.at })) return { ...others, ...later };
  an answer closes what was marked while it was on its way
  - answered: answer.wanted,
  + answered: entry.wanted,
  a probe that brings nothing postpones what was marked since by days
  - const isProbe = entry.nextAt !== undefined && entry.answered >= entry.wanted;
  + const isProbe = entry.nextAt !== undefined;
  one failed job ends a result
  - job.failures > times.jobRestarts.length && answer
  + job.failures > 0 && answer
  what is marked again inherits the long pauses of the mark before
  - const { since = iso(now), tries = 0 } = answer.wanted === entry.tried ? entry : NO_ENTRY;
  + const { since = iso(now), tries = 0 } = entry;
  what was refused for the horizon is never asked for again
  - if (age > times.horizon) return times.month;
  + if (age > times.horizon) return undefined;
  a refused result is asked for every five minutes
  - Math.max(age, times.min)
  + times.min
  what an outage has held up comes hours after its end
  - const isShort = answer.class === 'failed' || job?.id !== undefined;
  + const isShort = job?.id !== undefined;
  a job is asked for so rarely that its result is deleted before
  - const isShort = answer.class === 'failed' || job?.id !== undefined;
  + const isShort = answer.class === 'failed';
  a failure of the network forgets the job that is at work
  -       return before;
  -     case 'refused':
  +       return undefined;
  +     case 'refused':
  the failure of a job forgets the one that was started since
  - if (before !== undefined && before.id !== id) return before;
  one refusal ends all probes
  - isRecent ? inAnHour : nextProbe(timing)
  + isRecent ? inAnHour : undefined
  a probe forgets the job that it has started
  - return { ...rest, job, nextAt: inAnHour };
  + return { ...rest, nextAt: inAnHour };
  a probe whose request failed waits for days
  - answer.class === 'failed' && isRecent ? inAnHour
  + false ? inAnHour
  a probe whose request fails is repeated for ever
  - now >= end + wait && now < end + wait + times.day
  + now >= end + wait
  a probe is repeated without end
  - .find((at) => at > now);
  + .find((at) => at > 0);
  signals that lack a document are not asked for when Detect is done with it
  - const isProbed = answer.isPartial === true && closed.answered >= closed.wanted;
  + const isProbed = false;
  an answer for an earlier mark makes a later one due before its event had time to come
  - const isOlder = tried > answer.wanted && job?.wanted !== answer.wanted;
  + const isOlder = false;
  a job whose result is stored is asked for again
  - const later = job !== undefined && job.wanted > answer.wanted && { job };
  + const later = job !== undefined && { job };

shared/reconcile/plan.ts
  what an event announces waits for the next look
  - (seen.marked.has(name) && line.entry.answered < line.wanted) || summarized
  + (isUntried(line) && seen.isThrottled) || summarized
  an event of a whole book asks for what another event asks for itself
  - isOpen(line) && !isUntried(line)
  + isOpen(line)

shared/reconcile/ask.ts
  events ask for a product although its circuit is open
  - if (line.isServed && !isSuppressed(line, rules)) allowed
  + if (line.isServed) allowed
  every reconcile is the one call of the hour
  - if (await circuits.takeCanary(account, kind)) allowed.push(line);
  + allowed.push(line);
  a look without a permit is continued at once, again and again
  - isThrottled = true;
  a book of 2,000 documents asks 2,000 times for a permit that there is not
  - if (isThrottled) return;
  the first body of a document that was corrected leaves the analytics as they were
  - (document !== undefined && document.observedAt < lateBefore)
  + false
  a corrected body is stored before the mark on what is computed from it
  - await markDerived(context, isFirst);
  + void markDerived(context, isFirst);
  signals count as complete although Detect does not list a document yet
  - isOfDetect ? await applyBookSignals(context, book, answer, isObserved) : answer
  + answer
  requests go on in the background after one of them has failed
  - for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
  + await Promise.all(work);
  an answer replaces the mark that a document got while it was asked for
  - const entry = afterAnswer(current.entries[kind], answer, timing);
  + const entry = afterAnswer(document.entries[kind], answer, timing);
  what takes the place of a refused result is not asked for
  - if (fetched.marks !== undefined) await markAtOnce(context, fetched.marks);
  an outage of Ocrolus fills the dead-letter queues
  - if (isOfOcrolus(failure)) return { class: 'failed', code: failure.code, ...asked };
  an answer that breaks our code holds up all results of its book
  - if (!isBug(error)) throw error;
  + throw error;
  an answer does not close the circuit of its kind
  - else await circuits.answered(account, kind, fetched.class !== 'not-yet');
  a circuit is closed by books that Ocrolus is still working on
  - else await circuits.answered(account, kind, fetched.class !== 'not-yet');
  + else await circuits.answered(account, kind);
  a correction is not noticed if the book ended while it was asked for
  - ...(isCaptureKind(line.want.kind) && { beforeChange })
  + ...(isCaptureKind(line.want.kind) && book.endedAt !== undefined && { beforeChange })

shared/reconcile/book-status.ts
  refused credentials cost a call for every book
  - await circuits.refused(account, BOOK_STATUS, reply.code, bookId);

shared/reconcile/find-book.ts
  an event by pk is given up when Ocrolus does not say at once which book it is
  - return { kind: 'unknown', code: reply.code, isFinal: false };
  + return { kind: 'unknown', code: reply.code, isFinal: true };

shared/reconcile/detect.ts
  an older answer of Detect replaces a newer one
  - if (known !== undefined && known.reason === undefined && known.at > at) return document;
  what an event says of a failure stays although Detect has an answer since
  - known.reason === undefined && known.at > at
  + known.at > at
  signals of a book of many documents count as complete before a look has stored them all
  - matchesDigest(book, byUuid.values()) &&
  + true &&
  signals that lack a document with results count as complete
  - if (fetched.class === 'stored' && !isLacking && isAll) return fetched;
  + if (fetched.class === 'stored' && isAll) return fetched;
  signals count as complete although a document that Detect knows is not stored
  - && (isObserved || !isUnstored);
  + ;
  a book with a document that Detect never lists is never complete
  - if (isLate) return { class: 'stored', wanted, at, written, documents: states, isPartial: true };
  a book with a document that Detect never looks at, because it was not captured, is never complete
  - pending.every(isEnded)
  + false
`);
