/* What clang's message means, in plain words, for the errors that beginners make. The message itself stays: these are
 * the sentence after it. The messages are those of the pinned clang; tests/parity/diagnostics.mjs holds each entry
 * against a real compile, so that a new clang which words one differently is noticed. */
import { compilerPlainWords as strings } from '../strings/strings.js';

/** @typedef {(match: RegExpMatchArray) => string} Say */

/** Where a name that a learner may have forgotten to include comes from. */
const HEADERS = Object.entries({
  'stddef.h': 'size_t NULL ptrdiff_t offsetof',
  'stdint.h':
    'int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t INT32_MAX INT64_MAX UINT32_MAX SIZE_MAX',
  'stdbool.h': 'bool true false',
  'math.h': 'NAN INFINITY HUGE_VAL M_PI isnan isinf isfinite signbit',
  'float.h': 'FLT_MAX FLT_MIN FLT_EPSILON DBL_MAX DBL_MIN DBL_EPSILON',
  'limits.h': 'INT_MAX INT_MIN UINT_MAX LONG_MAX CHAR_BIT',
  'stdio.h': 'printf fprintf puts stdout stderr FILE EOF',
  'stdlib.h': 'malloc calloc realloc free qsort abs exit EXIT_SUCCESS EXIT_FAILURE',
  'string.h': 'memcpy memmove memset memcmp strlen strcmp',
  'assert.h': 'assert',
});

/** @type {Record<string, string>} */
const OTHER_LANGUAGES = {
  string: strings.cHasNoType,
  boolean: strings.theTypeIsCalled,
  integer: strings.theTypeIsCalledInt,
  std: strings.thatIsCIn,
  vector: strings.thatIsCInC,
  new: strings.thatIsCOr,
  def: strings.thatIsPythonA,
  True: strings.thatIsPythonIn,
  False: strings.thatIsPythonInC,
  None: strings.thatIsPythonAPointer,
  retrun: strings.aTypingSlipReturn,
};

/** @param {string} name */
const headerOf = (name) => HEADERS.find(([, names]) => names.split(' ').includes(name))?.[0];

/** @type {Say} */
function unknownName([, name]) {
  const header = headerOf(name);
  if (Object.hasOwn(OTHER_LANGUAGES, name)) return OTHER_LANGUAGES[name];
  if (header) return strings.thatNameComesFrom(header);
  if (name.startsWith('ml_'))
    return strings.thatNameComesFromThe;
  return strings.aNameMustBe;
}

/** @type {Say} */
function unknownFunction([, name]) {
  const header = headerOf(name);
  if (header) return strings.thatFunctionNeedsIts(header);
  if (name === 'elseif' || name === 'elif') return strings.inCThisIs;
  if (name.startsWith('ml_'))
    return strings.theLibrarysFunctionsNeed;
  return strings.cReadsFromTop;
}

const TYPE_OF_FORMAT =
  strings.printfTrustsTheLetter;

/**
 * The first that matches counts.
 * @type {[RegExp, Say][]}
 */
export const PLAIN_WORDS = [
  /* Punctuation. */
  [
    /^expected ';' in 'for'/,
    () => strings.aForLoopHas,
  ],
  [
    /^expected ';'/,
    () => strings.eachStatementEndsWith,
  ],
  [
    /^expected '\)'/,
    () =>
      strings.anOpeningParenthesisHas,
  ],
  [
    /^expected '\(' after '(\w+)'/,
    ([, word]) => strings.inCWhatBelongs(word, word),
  ],
  [/^expected '\]'/, () => strings.anOpeningSquareBracket],
  [
    /^expected '}'/,
    () =>
      strings.anOpeningBraceHas,
  ],
  [/^extraneous closing brace/, () => strings.thereIsOneToo],
  [
    /^expected expression/,
    () =>
      strings.aValueIsMissing,
  ],
  [
    /^expected identifier/,
    () => strings.aNameIsMissing,
  ],
  [
    /^invalid '==' at end of declaration/,
    () => strings.oneGivesAVariable,
  ],
  [/^invalid suffix/, () => strings.aNameCannotBegin],
  [
    /^function definition is not allowed here/,
    () =>
      strings.cHasNoFunctions,
  ],

  /* Names. */
  [/^call to undeclared (?:library )?function '(\w+)'/, unknownFunction],
  [/^use of undeclared identifier '(\w+)'/, unknownName],
  [/^unknown type name '(\w+)'/, unknownName],
  [
    /^'(.+)' file not found/,
    () => strings.thereIsNoSuch,
  ],
  [
    /^invalid preprocessing directive/,
    () => strings.aLineThatBegins,
  ],
  [
    /^redefinition of '(\w+)'/,
    ([, name]) =>
      strings.thereAreTwoThings(name, name),
  ],
  [
    /^conflicting types for '(\w+)'/,
    ([, name]) => strings.isDeclaredTwiceWith(name),
  ],
  [
    /^no member named '(\w+)'/,
    () =>
      strings.aStructHasOnly,
  ],
  [/did you mean to use '->'/, () => strings.throughAPointerA],
  [
    /did you mean to use '\.'/,
    () => strings.thisIsTheStruct,
  ],

  /* Types and pointers. */
  [
    /^incompatible pointer types/,
    () =>
      strings.theTwoPointersPoint,
  ],
  [
    /^incompatible integer to pointer conversion/,
    () =>
      strings.aNumberIsGiven,
  ],
  [
    /^incompatible pointer to integer conversion/,
    () => strings.anAddressIsGiven,
  ],
  [
    /^comparison between pointer and integer/,
    () => strings.anAddressIsCompared,
  ],
  [
    /^passing .* to parameter of incompatible type .*; take the address/,
    () => strings.theFunctionWantsThe,
  ],
  [
    /^indirection requires pointer operand/,
    () => strings.aBeforeAName,
  ],
  [
    /^subscripted value is not an array/,
    () => strings.onlyArraysAndPointers,
  ],
  [
    /^called object type/,
    () => strings.thisIsNoFunction,
  ],
  [
    /discards qualifiers/,
    () =>
      strings.constSaysThatThese,
  ],
  [
    /^read-only variable is not assignable|^cannot assign to variable .* const/,
    () =>
      strings.itIsDeclaredConst,
  ],
  [
    /^expression is not assignable/,
    () => strings.whatStandsLeftOf,
  ],
  [/^variable has incomplete type 'void'/, () => strings.voidMeansNoValue],
  [
    /^variable-sized object may not be initialized/,
    () => strings.anArrayWhoseLength,
  ],
  [
    /^sizeof on array function parameter|return the size of the pointer/,
    () =>
      strings.anArrayThatComes,
  ],

  /* Calls and results. */
  [/^too (?:many|few) arguments/, () => strings.countTheValuesIn],
  [
    /^non-void function does not return a value/,
    () =>
      strings.someWayThroughThis,
  ],
  [/^non-void function '\w+' should return a value/, () => strings.theFunctionPromisesA],
  [
    /^void function '\w+' should not return a value/,
    () => strings.aFunctionDeclaredVoid,
  ],
  [
    /^ignoring return value/,
    () => strings.theResultIsThe,
  ],
  [
    /^address of stack memory/,
    () =>
      strings.aLocalVariableIs,
  ],

  /* What compiles and still is not what was meant. */
  [
    /^using the result of an assignment as a condition/,
    () => strings.oneGivesTheVariable,
  ],
  [/comparison result unused/, () => strings.twoOnlyAskThis],
  [/^expression result unused/, () => strings.thisLineComputesSomething],
  [
    /uninitialized/,
    () =>
      strings.untilItIsGiven,
  ],
  [
    /^(for|while) loop has empty body|^if statement has empty body/,
    () =>
      strings.theSemicolonRightAfter,
  ],
  [
    /^misleading indentation/,
    () =>
      strings.withoutBracesOnlyOne,
  ],
  [
    /^chained comparison/,
    () => strings.inCThisCompares,
  ],
  [/has lower precedence than/, () => strings.cComputesTheComparison],
  [/^logical not is only applied/, () => strings.takesOnlyWhatStands],
  [/^result of '.*\^.*' is/, () => strings.isNoPowerIn],
  [
    /^more '%' conversions|^data argument not used by format/,
    () => strings.theTextOfPrintf,
  ],
  [/^format specifies type/, () => TYPE_OF_FORMAT],
  [/^array index .* past the end/, () => strings.anArrayOfN],
  [/^(?:division|remainder) by zero/, () => strings.integersCannotBeDivided],
  [
    /^using integer absolute value function/,
    () => strings.absIsForInt,
  ],
  [
    /^implicit conversion .* changes value/,
    () => strings.theValueDoesNot,
  ],
  [
    /^multi-character character constant|^character constant too long/,
    () => strings.singleQuotesHoldOne,
  ],
  [
    /^result of comparison against a string literal/,
    () => strings.comparesTheTwoAddresses,
  ],
  [
    /^'break' statement not in loop|^'continue' statement not in loop/,
    () => strings.thereIsNoLoop,
  ],
  [
    /^declaration shadows/,
    () =>
      strings.aSecondVariableOf,
  ],
];

/**
 * One plain sentence about a message of clang's, or '' where clang says it well enough.
 * @param {string} message
 */
export function plainWords(message) {
  for (const [pattern, say] of PLAIN_WORDS) {
    const match = pattern.exec(message);
    if (match) return say(match);
  }
  return '';
}
