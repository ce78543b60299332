/** The content of a file that a setting names is missing or malformed. The message never shows the content. */
export class SettingFileError extends Error {
  override readonly name = "SettingFileError";
  readonly code = "setting file";
}
