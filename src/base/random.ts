/** Chance as an argument: a number in [0, 1), from `Math.random` in the product and from a seed in a test. */
export type Random = () => number
