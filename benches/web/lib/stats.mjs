/** Times that were taken in turns: { name: [ms, ms, ...] }, the i-th of every name from the same round. */

const sorted = (values) => [...values].sort((a, b) => a - b);

/** The value below which a share p of the values lies, between neighbours in proportion. */
export function quantile(values, p) {
  const order = sorted(values);
  const at = (order.length - 1) * p;
  const low = Math.floor(at);
  return order[low] + (order[Math.min(low + 1, order.length - 1)] - order[low]) * (at - low);
}

export const median = (values) => quantile(values, 0.5);

export const geometricMean = (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

export const summary = (values) => ({ median: median(values), min: Math.min(...values), q1: quantile(values, 0.25), q3: quantile(values, 0.75) });

/**
 * How many times as long `slow` takes as `fast`: the median over the rounds (noise hits neighbours alike), and the ratio of the
 * smallest times, which on a busy machine says what an idle one would.
 */
export function ratio(slow, fast) {
  const each = slow.map((value, i) => value / fast[i]);
  return { median: median(each), q1: quantile(each, 0.25), q3: quantile(each, 0.75), ofMinima: Math.min(...slow) / Math.min(...fast) };
}

/** Element by element: what a round took over all its parts. */
export const sums = (lists) => lists[0].map((_, i) => lists.reduce((sum, list) => sum + list[i], 0));
