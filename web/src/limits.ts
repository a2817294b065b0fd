/** More bytes than any memory here holds. @internal */
export const MOST_BYTES = 2 ** 31 - 1;
