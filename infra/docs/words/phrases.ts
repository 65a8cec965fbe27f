/**
 * Phrases that have no legitimate use in this project, each with what to write instead. A phrase is a regular expression of
 * whole words; a blank in it also matches a line break within a comment.
 */
export const PHRASES: Readonly<Record<string, string>> = {
  anew: '"again", "requeued"',
  'in vain': '"without success"',
  'all the same': '"anyway"',
  shall: '"must", "will"',
  'nobody (?:shall|must|may)': 'name the actor: "an operator must not"',
  whoever: 'name the actor: "a reader", "an operator"',
  somebody: 'name the actor',
  'makes? (?:nothing|good) (?:double|by)': '"is idempotent", "compensates with"',
  '(?:is|are) none any more': '"no longer exists"',
  'tells? the figures': '"reports the results"',
  'by whom if not by us': 'name the actor',
  '(?:hears?|heard) of': '"learns about"',
  'for ever': '"permanently", "forever"',
  'of (?:ours|yours|theirs)': '"our", "custom", "your own"',
  'mends?|mended|mending': '"fixes"',
  'of one mind': '"consistent"',
  'unless told': '"by default"',
  'of before': '"earlier", "previous"',
  'has had it': '"the previous generation had"',
  'works? off|worked off': '"processes", "processed"',
  dearer: '"more expensive"',
  storms: '"fault runs"',
  weather: '"fault profile"',
  'sent anew|begins anew': '"requeued", "starts again"',
  'must bear': '"must tolerate"',
  'good tidings|tidings': '"updates"',
  'lest|ere|thereof|whereupon|forthwith|hitherto|henceforth': 'the usual word',
};
