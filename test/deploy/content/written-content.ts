/** Content files as an operator would write them. */

/** A rule that finds calls with the method DELETE, with an example of either kind. */
export function detection(name: string): string {
  return `title: Something was deleted
name: ${name}
logsource: {product: apiris, service: call}
detection:
  removal: {method: DELETE}
  condition: removal
level: low
scenarios: [deletion]
examples:
  - about: a deletion
    found: true
    events:
      - call: {method: DELETE}
  - about: a question
    found: false
    events:
      - call: {method: GET}
`;
}

/** A recognizer of values of that pattern under the name `empNo`, whose examples are numbers such as E12345. */
export function recognizer(pattern: string, letter = 'E'): string {
  return `title: Employee number
title_zh: 工号
level: 2
class: C1
sensitivity: low
patterns: ['${pattern}']
context: [emp_no]
score: {pattern: 20, context: 50}
mask: {head: 1, tail: 1}
canonical: upper
subject: person
examples:
  found:
    - {field: empNo, value: '${letter}12345'}
  pass:
    - {field: value, value: '${letter}12345'}
`;
}
