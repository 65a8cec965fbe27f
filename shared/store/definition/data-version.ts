/**
 * Version of what is stored. A change that earlier versions of the functions cannot work with raises it, so that none of them is
 * deployed over it (docs/upgrading.md#back-to-the-version-before). 1 was that of version 0.1, which did not note it.
 */
export const DATA_VERSION = 2;

/** Sort key of its item, in the partition of the poller. */
export const DATA_ITEM = 'DATA';
