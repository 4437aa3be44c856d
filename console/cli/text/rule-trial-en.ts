/** What is said of rules that are tried over stored calls, in English. */
export const ruleTrialEn = {
  help: {
    try: 'run the rules of a file over stored calls: what they would have found; nothing is stored',
    file: 'a rule file, or a folder of such',
    replayRules: 'a rule file or folder that is in force for this replay too; may be repeated',
  },
  tried: (calls: string, seconds: string, rate: string, findings: string) =>
    `${calls} calls tried in ${seconds} s (${rate} a second): ${findings} findings. Nothing was stored.`,
  beyond: (count: string) => `${count} findings more had no room, and are not listed.`,
  refused: (rule: string, fields: string) => `${rule} can't be tried: stored calls have no ${fields}.`,
  hint: (file: string) => `To run it over a capture: apiris replay CAPTURE --rules ${file} --data NEW-FOLDER.`,
  nothing: (file: string) => `${file}: there is no rule in it that can be tried.`,
  problems: 'Part of the file is not in force:',
};
