/**
 * The codes after which a client must not attach again. They include those that the websocket library sends by itself:
 * 1002 and 1007 for a breach of RFC 6455.
 */
export const stopCodes: readonly number[] = [1002, 1007, 1000, 1008, 1009, 4001, 4400];

/** The code after which a client joins anew, because its seat is gone. After all other codes it attaches again. */
export const joinAnewCode = 4409;
