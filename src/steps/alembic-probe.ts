// What does a project's own Alembic say: which revisions it has, from which files, and which database its env.py reaches?

import type {AlembicProject} from '../core/alembic.ts';
import type {Sha256} from '../core/ids.ts';

/**
 * Runs in Alembic's interpreter with the project's env.py, and asks on the connection that env.py has made: that is the
 * only one that tells where a migration would go. Asked to be loud it also prints what `history`, `heads` and `current
 * --verbose` print, which each on its own costs a start of Python. It changes nothing: no revision runs, no version table is made, and
 * the session is read-only besides.
 */
export const PROBE = `
import argparse, hashlib, json, os, sys, traceback, warnings
def digest(path):
    with open(path, "rb") as file: return hashlib.sha256(file.read()).hexdigest()
def words(error): return traceback.format_exception_only(type(error), error)[-1].strip()
def main(ini, loud):
    import alembic, sqlalchemy
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy import text
    told = {"alembic": alembic.__version__, "sqlalchemy": sqlalchemy.__version__, "files": [], "revisions": []}
    config = Config(ini, cmd_opts=argparse.Namespace(x=None, config=ini, name="alembic", raiseerr=False))
    scripts = ScriptDirectory.from_config(config)
    root = os.path.abspath(scripts.dir)
    def show(command, lines):
        if not loud: return
        try: said = "".join(line + "\\n" for line in lines())
        except Exception as error: said = words(error) + "\\n"
        print("# alembic " + command + "\\n" + said, end="", flush=True)
    def file(path): told["files"].append([os.path.relpath(os.path.abspath(path), root), digest(path)])
    told["ini"] = digest(ini)
    file(os.path.join(root, "env.py"))
    told["warnings"] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = list(scripts.walk_revisions())
        for revision in found:
            file(revision.path)
            down = revision._all_down_revisions
            told["revisions"].append({"id": revision.revision, "down": list(down), "file": os.path.basename(revision.path)})
        told["heads"] = list(scripts.get_heads())
        show("history", lambda: [revision.cmd_format(verbose=False, include_branches=True, include_doc=True, include_parents=True) for revision in found])
        show("heads", lambda: [revision.cmd_format(verbose=False, include_branches=True, tree_indicators=False) for revision in scripts.get_revisions("heads")])
    except Exception as error:
        told["graph"] = words(error)
    told["warnings"] = [str(one.message) for one in caught]
    def look(heads, context):
        connection = context.connection
        if connection is None: return []
        def one(sql):
            row = connection.execute(text(sql)).fetchone()
            return [None if value is None else str(value) for value in row]
        database, user, name, lock, readonly = one("SELECT current_database(), current_user, current_setting('application_name'), current_setting('lock_timeout'), current_setting('transaction_read_only')")
        seen = {"database": database, "user": user, "application": name, "lockTimeout": lock, "readOnly": readonly}
        seen["driver"] = connection.dialect.driver
        seen["url"] = repr(connection.engine.url)
        seen["versions"] = list(heads) if isinstance(heads, (list, tuple)) else ([heads] if heads else [])
        seen["table"] = (context.version_table_schema or one("SELECT current_schema()")[0] or "") + "." + context.version_table
        told["connection"] = seen
        show("current --verbose", lambda: [revision.cmd_format(verbose=True) for revision in scripts.get_all_current(seen["versions"])])
        seen["system"] = one("SELECT system_identifier FROM pg_control_system()")[0]
        return []
    if "graph" not in told:
        try:
            with EnvironmentContext(config, scripts, fn=look, dont_mutate=True): scripts.run_env()
        except Exception as error:
            told["error"] = words(error)
    print("\\x1eprobe " + json.dumps(told), flush=True)
main(sys.argv[1], sys.argv[2:] == ["loud"])
`.trim();

export type ProbedRevision = Readonly<{id: string; down: readonly string[]; file: string}>;

export type Probe = Readonly<{
  alembic: string;
  sqlalchemy: string;
  /** SHA-256 of the ini, and of env.py and the revisions by their path below the script folder. */
  ini: Sha256;
  files: readonly (readonly [path: string, sha256: Sha256])[];
  /** Newest first. */
  revisions: readonly ProbedRevision[];
  heads?: readonly string[];
  warnings: readonly string[];
  /** Why Alembic cannot read its own history. */
  graph?: string;
  /** What env.py ended with. */
  error?: string;
  /** Absent when env.py made no connection. */
  connection?: Readonly<{
    database: string;
    user: string;
    application: string;
    lockTimeout: string;
    readOnly: string;
    driver: string;
    url: string;
    versions: readonly string[];
    table: string;
    /** Absent where the role may not ask. */
    system?: string;
  }>;
}>;

/** How the line begins that holds what the probe has found. */
export const ANSWER = '\u001eprobe ';

/** What the probe has printed; undefined when it did not come so far. env.py may print what it likes beside it. */
export const probeFrom = (stdout: string): Probe | undefined => {
  const line = stdout.split('\n').findLast((one) => one.startsWith(ANSWER));
  // The shape is that of the program above.
  return line === undefined ? undefined : (JSON.parse(line.slice(line.indexOf('{'))) as Probe);
};

/** Where the program stands in these words: behind `env` and what it sets. 0 as well for an env with options of its own. */
const programAt = (argv: readonly string[]): number => {
  if (!/(^|\/)env$/.test(argv[0] ?? '')) return 0;
  const at = argv.findIndex((part, index) => index > 0 && !part.includes('=') && part !== '{environment}');
  return at < 0 || argv[at]?.startsWith('-') === true ? 0 : at;
};

/** The program of this machine whose first line says what it runs in, and what stands before it; behind a prefix it lies elsewhere. */
export const scriptOf = ({
  argv = ['alembic'],
  python,
}: AlembicProject): Readonly<{program: string; before: readonly string[]}> | undefined => {
  const at = programAt(argv);
  const program = argv[at];
  return python !== undefined || program === undefined || at !== argv.length - 1
    ? undefined
    : {program, before: argv.slice(0, at)};
};

export const isPython = (interpreter: string): boolean => /(^|\/)(python|pypy)[\d.]*$/.test(interpreter);

/**
 * `alembic` lies beside its interpreter in a venv; behind a prefix (`poetry run`, `kubectl exec … --`) the name is looked
 * up where the prefix leads.
 */
export const pythonOf = ({argv = ['alembic'], python}: AlembicProject): readonly string[] => {
  if (python !== undefined) return python;
  const at = argv.findIndex((part) => part === 'alembic' || part.endsWith('/alembic'));
  const before = argv.slice(0, Math.max(0, at));
  // `python -m alembic` names it already.
  if (before.at(-1) === '-m') return before.slice(0, -1);
  return [...before, (argv[at] ?? 'alembic').replace(/alembic$/, 'python3')];
};
