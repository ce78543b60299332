/** More flags for the service, where its defaults would measure two things at once. The README of the bench says why. */
export const serviceFlags = {
  /** Seats outlive the run without a websocket, and no ping falls into a sample: presence is measured apart. */
  longLease: "--seat-timeout 1h --ws-read-timeout 30m --ws-ping-interval 20m".split(" "),
  /** As users have it: pings every 5 s, leases of 30 s. */
  defaults: [],
} as const;
