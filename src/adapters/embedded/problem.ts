// How are expected troubles of an embedded server handed on? As values; the codes are in core/trouble, the words in ui/text.
import type {ServerProblem} from '../../core/trouble.ts';

export type EmbeddedProblem = ServerProblem;

export type Outcome<T extends object> =
  | ({readonly ok: true} & T)
  | {readonly ok: false; readonly problem: EmbeddedProblem};

export function failed(problem: EmbeddedProblem): {readonly ok: false; readonly problem: EmbeddedProblem} {
  return {ok: false, problem};
}

/** The system's refusal of a file operation as a problem; anything else is our bug and stays an exception. */
export function fileProblem(error: unknown, directory: string): EmbeddedProblem {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) throw error;
  return {
    code: 'directory-unusable',
    path: 'path' in error ? String(error.path) : directory,
    reason: String(error.code),
  };
}
