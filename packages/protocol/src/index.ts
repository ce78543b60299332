/**
 * The definitions that client and server share: endpoints, messages, close codes, problems and names, each stated once.
 * It imports nothing and runs in a browser. It is private: the published packages contain what they use of it.
 */
export * from "./body-literal.ts";
export * from "./call-name.ts";
export * from "./close-advice.ts";
export * from "./closes.ts";
export * from "./counts.ts";
export * from "./endpoints.ts";
export * from "./ice-servers.ts";
export * from "./messages.ts";
export * from "./problems.ts";
export * from "./read-message.ts";
