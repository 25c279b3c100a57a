// @ts-check

/** Why a command or a request was not done: the server's reason, or `superseded`, `line-lost`, `closed`, `busy`, `deaf`. */
export class CommandError extends Error {
  /** @param {import("./types.js").CommandErrorLike} told */
  constructor(told) {
    super(told.message);
    this.name = "CommandError";
    this.code = told.code;
    this.parameter = told.parameter;
    this.value = told.value;
    this.allowed = told.allowed;
  }
}
