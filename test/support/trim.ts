// What has to go from a step when a test keeps only some of the steps of a runbook?

/** A step names no other that is left out. */
export const foundWithin = <T extends object>(step: T, steps: readonly string[]): T => {
  const {findBy, ...rest} = step as T & {findBy?: readonly string[]};
  const left = findBy?.filter((id) => steps.includes(id)) ?? [];
  return left.length === 0 ? (rest as unknown as T) : {...step, findBy: left};
};
