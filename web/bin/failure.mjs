/** What went wrong with one file: a code of the table of errors, and words. */
import { getSystemErrorMap } from "node:util";

export class Failure extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

const NEXT_STEP = {
  ENOSPC: ["unavailable.disk_full", "free some space or write to another disk"],
  EDQUOT: ["unavailable.disk_full", "free some of your quota or write to another disk"],
  ENOENT: ["unavailable.file", "check the path"],
  EACCES: ["unavailable.file", "check the permissions of the file and its folder"],
  EPERM: ["unavailable.file", "check the permissions of the file and its folder"],
  EROFS: ["unavailable.file", "the disk is read-only, write to another"],
  ENAMETOOLONG: ["unavailable.file", "give it a shorter name"],
};

/** The Failure for an error of node:fs while `doing` something. */
export function fileFailure(error, doing) {
  const [code, step] = NEXT_STEP[error.code] ?? ["unavailable.file", "check the path and the disk"];
  const reason = getSystemErrorMap().get(error.errno)?.[1] ?? error.message;
  return new Failure(code, `cannot ${doing}: ${reason}; ${step}`);
}

/** What `work` gives; an error of node:fs as a Failure. */
export async function orFail(doing, work) {
  try {
    return await work();
  } catch (error) {
    throw error.syscall ? fileFailure(error, doing) : error;
  }
}
