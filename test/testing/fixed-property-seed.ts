import fc from 'fast-check';

const { PROPERTY_SEED } = process.env;

// A fixed seed, so that `npm test` fails because of a change and never by chance. PROPERTY_SEED=random looks for more.
if (PROPERTY_SEED !== 'random') fc.configureGlobal({ seed: Number(PROPERTY_SEED ?? 1) });
