/**
 * Everything that the page and the site builder say to a reader, in English, grouped by the module that says it.
 *
 * A translation is a file beside this one, named by its language (de.js), with the same exports and keys; "make site
 * LANGUAGE=de" builds with it. What it lacks is said in English, and the build lists it; a key that is not here ends the
 * build. Sentences with values are functions of these values, so that each language has its own order and plural forms.
 * A function uses nothing but its parameters, since the build writes it into another file. One that returns a list puts
 * pieces of the page, such as links, between its words.
 *
 * @typedef {Record<string, string | ((...values: any[]) => any)>} Part
 */

/* ---- The pages themselves, written by the site builder ---- */

/** @satisfies {Part} */
export const siteBox = {
  cSourceOfThis: 'C source of this lab',
  whatPromises: (name) => `What ${name} promises`,
  cSourceOf: (name) => `C source of ${name}`,
};

/** @satisfies {Part} */
export const siteGlossary = {
  also: 'also:',
};

/** @satisfies {Part} */
export const siteHtml = {
  linkTo: (title) => `Link to “${title}”`,
};

/** @satisfies {Part} */
export const siteMarkdown = {
  sourcesAndNotes: 'Sources and notes',
  aNote: 'A note',
  lab: 'Lab',
  challenge: 'Challenge',
  levelAboutMinutesC: (level, minutes) => `Level ${level} · about ${minutes} minutes · C`,
  whereToStart: 'Where to start',
  whatToLookAt: 'What to look at again',
  hereThePageLists:
    'Here the page lists what you answered otherwise, guessed far off or left out. It is kept in your browser, ' +
    'so it needs JavaScript.',
  note: (id) => `Note ${id}`,
  backToTheText: 'Back to the text',
  itDraws: 'It draws:',
  settings: 'Settings:',
  tryThis: 'Try this:',
  onThePage: 'On the page:',
  theLabComputes: 'The lab computes in your browser; it needs JavaScript and WebAssembly.',
};

/** @satisfies {Part} */
export const siteOffline = {
  name: 'Laymanz: ML system design with no black boxes',
  description: 'Machine-learning systems with live labs and challenges in real C, all of it computed in the page.',
};

/** @satisfies {Part} */
export const siteOutline = {
  chapters: 'Chapters',
  overviewOfMlSystems: 'Overview of ML systems',
  introToMlSystem: 'Intro to ML system design',
  dataEngineering: 'Data engineering',
  featureEngineering: 'Feature engineering',
  modelDevelopmentAndEvaluation: 'Model development and evaluation',
  modelDeployment: 'Model deployment',
  monitoringAndContinualLearning: 'Monitoring and continual learning',
  caseStudies: 'Case studies',
  rentalPrices: 'Rental prices',
  adClicks: 'Ad clicks',
  fraud: 'Fraud',
  recommendations: 'Recommendations',
  interview: 'Interview',
  interviewPreparation: 'Interview preparation',
  moreChapters: 'More chapters',
};

/** @satisfies {Part} */
export const sitePrediction = {
  beforeYouRunIt: 'Before you run it',
  compare: 'Compare',
  skipShowMe: 'Skip: show me',
  guessAgain: 'Guess again',
  seeItInThe: 'See it in the lab',
  yourGuess: 'Your guess',
};

/** @satisfies {Part} */
export const siteQuiz = {
  question: 'Question',
  check: 'Check',
  tryAgain: 'Try again',
  theAnswer: 'The answer',
  tickAllThatAre: 'Tick all that are true.',
  yourAnswer: 'Your answer',
};

/** @satisfies {Part} */
export const siteSearchIndex = {
  level: (place, level) => `${place}, level ${level}`,
  chapter: (number) => `Chapter ${number}`,
  theLibrary: (header, kind) => `The library > ${header}${kind}`,
};

/** @satisfies {Part} */
export const siteSettings = {
  setsTheLabAnd: 'Sets the lab and runs it',
};

/** @satisfies {Part} */
export const siteTemplates = {
  skipToTheText: 'Skip to the text',
  map: 'Map',
  search: 'Search',
  yourProgress: 'Your progress',
  everythingOnThesePages:
    'Everything on these pages is computed by C in your browser. Nothing you do here is sent anywhere.',
  glossary: 'Glossary',
  chapters: 'Chapters',
  home: 'Home',
  mapOfEverything: 'Map of everything',
  library: 'Library',
  beingWritten: ', being written',
  chapter: (number) => `Chapter ${number}`,
  laymanz: (number, title) => `${number} · ${title} · Laymanz`,
  previous: 'Previous',
  backTo: 'Back to',
  next: 'Next',
  theMapOfEverything: 'The map of everything',
  previousAndNext: 'Previous and next',
  startWithChapter: (number) => `Start with chapter ${number}`,
  mlSystemDesignWith: 'ML system design with no black boxes',
  everyCurveOnThese:
    'Every curve on these pages is computed in front of you by C that you can open, read, change, compile in the ' +
    'page and run.',
  aNetworkTraining: 'A network, training',
  andOneThatSees: 'And one that sees',
  n1200HandwrittenDigits:
    '1,200 handwritten digits, a convolutional network and a few seconds. Then it is your turn: draw one, and ' +
    'watch what becomes of it on its way through the layers.',
  laymanzMlSystemDesign: 'Laymanz: ML system design with no black boxes',
  machineLearningSystemsFrom:
    'Machine-learning systems, from gradient descent to serving: live labs, challenges in real C compiled in the ' +
    'page, and every line of source one click away.',
  mapLaymanz: 'Map · Laymanz',
  allChaptersLabsAnd: 'All chapters, labs and challenges, with your progress.',
  theWordsOfThese: 'The words of these chapters, each in a sentence or two, with the sections that use them.',
  glossaryLaymanz: 'Glossary · Laymanz',
  theTermsOfMachine: 'The terms of machine-learning systems in plain words.',
  sectionsRead: 'Sections read',
  labGoalsMet: 'Lab goals met',
  challengesSolved: 'Challenges solved',
  questionsRight: 'Questions right',
  predictionsMade: 'Predictions made',
  whatYouHaveDone:
    'What you have done so far, chapter by chapter. It is kept in this browser and nowhere else; nothing is ' +
    'timed, and nothing is lost by a pause.',
  whatToDoNext: 'What to do next',
  startWith: (chapter) => `Start with ${chapter}.`,
  chapter1: 'chapter 1',
  takeItWithYou: 'Take it with you',
  aFileHoldsEverything:
    'A file holds everything: what you read, met and answered, your code and your attempts. Open it in another ' +
    'browser, or keep it in case this one is cleared. Opening a file adds to what is here: nothing that you did ' +
    'later is overwritten.',
  saveAsAFile: 'Save as a file',
  openAFile: 'Open a file',
  aFileOfProgress: 'A file of progress',
  forgetEverything: 'Forget everything …',
  countingSavingAndOpening: 'Counting, saving and opening need JavaScript.',
  forgetEverything2: 'Forget everything?',
  itCannotBeUndone:
    'It cannot be undone. Save it as a file first if you might want it again; the colour scheme and the ' +
    'downloaded compiler stay.',
  keepIt: 'Keep it',
  forgetEverything3: 'Forget everything',
  yourProgressLaymanz: 'Your progress · Laymanz',
  whatYouHaveRead: 'What you have read, tried and solved so far, what to do next, and all of it as a file.',
  section: 'Section',
  oneByOne: 'One by one',
  theLibraryInC: 'The library in C',
  everyPublicNameOf:
    'Every public name of ml.h, which the labs run on and your challenges include, with the words that stand ' +
    'above it in its header.',
  libraryLaymanz: 'Library · Laymanz',
  everyFunctionTypeAnd: 'Every function, type and macro of the C library behind the labs.',
  allOfChapter: (number) => `All of chapter ${number}`,
  everything: 'Everything',
  labs: 'Labs',
  challenges: 'Challenges',
  whatTheMapShows: 'What the map shows',
  show: 'Show',
  level: 'Level',
  any: 'any',
  topic: 'Topic',
  notDoneYet: 'Not done yet',
  showAll: 'Show all',
  onTheHomePage: 'On the home page',
  beingWritten2: 'being written',
  lab: 'Lab',
  challenge: 'Challenge',
  levelMin: (level, minutes) => `level ${level}, ${minutes} min`,
  notHere: 'Not here',
  thisBoxIsEmpty: 'This box is empty',
  thereIsNoPage: 'There is no page at this address. A chapter may have moved, or the link may have lost a letter.',
  oneLevelUp: 'One level up',
  notKeptYet: 'Not kept yet',
  thisBoxIsStill: 'This box is still at the shop',
  thisPageHasNot:
    'This page has not been fetched yet, and there is no network now. Pages that you have opened before work ' +
    'without one.',
  tryAgain: 'Try again',
  laymanz2: (title) => `${title} · Laymanz`,
  thingsToTry: (n) => (n === 1 ? '1 thing to try' : `${n} things to try`),
  mapLede: (progress) =>
    `Chapters, labs and challenges, and how far you have come. ${progress} is kept in this browser and nowhere ` +
    'else.',
  usuallyTheWayHome: (up) => `${up} is usually the way home.`,
  oneLevelUpLinked: 'one level up',
  tryAgainOrGo: (again, up) => `${again}, or go ${up}.`,
};

/* ---- The C compiler in the page ---- */

/** @satisfies {Part} */
export const compilerClient = {
  theProgramThatRuns: (value) => `The program that runs it has not come: for ${value} seconds it said nothing.`,
  whatYourCodeCosts: 'What your code costs could not be measured:',
  compiledForSpeedWithout: (value) => `${value} compiled for speed, without the checks, it does not run.`,
  theCompilerWhichWorks: (value, value2) =>
    `${value} the compiler, which works harder for speed, was stopped after ${value2} seconds.`,
  theProgramFailsHere: 'The program fails here, and the compiler could not say in which line.',
  theCompilerCouldNot: 'The compiler could not be started in this browser.',
  theProgramCouldNot: 'The program could not be started in this browser.',
  onAnInputOf: (value, value2) => `${value} on an input of typical size it takes longer than ${value2} seconds.`,
};

/** @satisfies {Part} */
export const compilerCost = {
  thisChallengeHasNo: 'this challenge has no check_cost',
};

/** @satisfies {Part} */
export const compilerDiagnostics = {
  fixIt: 'Fix it',
  in: (message, include) => `${message} (in ${include})`,
  line: (line, message) => `line ${line}: ${message}`,
  yourCodeCallsWhich: (missing) =>
    `Your code calls ${missing}, which is defined nowhere: neither in your file nor in the library.`,
  theLinkerSays: 'The linker says: ',
  noFunctionForLab: (name, expected) =>
    `There is no function ${name} for the lab to call. Define it in your file, without \`static\`, as: ` +
    `${expected}`,
  nameTakenByLab: (name) =>
    `The name ${name} is already taken by the lab. Give your function or variable another name.`,
  notAsLabUses: (name, expected) =>
    `${name} does not have the parameters or the result that the lab uses. Define it as: ${expected}`,
  mainInLab:
    'Your file defines main, where a program starts. Here the lab starts it and calls your function: leave main ' +
    'out. A program of your own belongs in another file.',
  noFunctionForChecks: (name, expected) =>
    `There is no function ${name} for the checks to call. Define it in your file, without \`static\`, as: ` +
    `${expected}`,
  nameTakenByChecks: (name) =>
    `The name ${name} is already taken by the checks. Give your function or variable another name.`,
  notAsChecksUse: (name, expected) =>
    `${name} does not have the parameters or the result that the checks use. Define it as: ${expected}`,
  mainInChecks:
    'Your file defines main, where a program starts. Here the checks start it and call your function: leave main ' +
    'out. A program of your own belongs in another file.',
};

/** @satisfies {Part} */
export const compilerLikeness = {
  theResultDoesNot: 'The result does not fit',
};

/** @satisfies {Part} */
export const compilerLimits = {
  theCompilerWasStopped: 'The compiler was stopped after 30 seconds. Is a macro, an array or an include very large?',
};

/** @satisfies {Part} */
export const compilerLoader = {
  aPartOfThe: 'A part of the compiler',
  whatArrivedIsNot: (error) => `What arrived is not usable (${error}).`,
};

/** @satisfies {Part} */
export const compilerPieces = {
  theConnectionBrokeOff: 'The connection broke off.',
  theHostAnsweredFor: (status) => `The host answered ${status} for a part of the compiler.`,
  aPartOfThe: 'A part of the compiler arrived damaged.',
};

/** @satisfies {Part} */
export const compilerPlainWords = {
  cHasNoType: 'C has no type for text: it is an array of char, or a `const char *` that points to one.',
  theTypeIsCalled: 'The type is called `bool` in C, and needs `#include <stdbool.h>`.',
  theTypeIsCalledInt: 'The type is called `int` in C.',
  thatIsCIn: 'That is C++. In C there are no namespaces and no std::; the library has functions instead.',
  thatIsCInC: 'That is C++. In C, an array is a pointer and a length.',
  thatIsCOr: 'That is C++ or Java. In C, memory comes from malloc(count * sizeof *p), and goes back by free(p).',
  thatIsPythonA: 'That is Python. A function in C begins with the type of its result: `double f(double x) { ... }`.',
  thatIsPythonIn: 'That is Python. In C: `true`, with `#include <stdbool.h>`, or 1.',
  thatIsPythonInC: 'That is Python. In C: `false`, with `#include <stdbool.h>`, or 0.',
  thatIsPythonAPointer: 'That is Python. A pointer to nothing is `NULL` in C.',
  aTypingSlipReturn: 'A typing slip: `return`.',
  thatNameComesFrom: (header) => `That name comes from a header: put \`#include <${header}>\` at the top.`,
  thatNameComesFromThe: 'That name comes from the library: put `#include <ml.h>` at the top, and check the spelling.',
  aNameMustBe: 'A name must be declared, with its type, before the line that uses it; capital and small letters count.',
  thatFunctionNeedsIts: (header) => `That function needs its header: put \`#include <${header}>\` at the top.`,
  inCThisIs: 'In C this is two words: `else if`.',
  theLibrarysFunctionsNeed:
    'The library’s functions need `#include <ml.h>` at the top. If that is there, check the spelling: type ml_ ' +
    'for a list.',
  cReadsFromTop: 'C reads from top to bottom: write the function, or its declaration, above the line that calls it.',
  printfTrustsTheLetter:
    'printf trusts the letter after the %: %d is for int, %zu for size_t, %f for float and double, %s for text, ' +
    '%p for pointers.',
  aForLoopHas: 'A for loop has three parts with semicolons between: `for (int i = 0; i < n; i++)`.',
  eachStatementEndsWith:
    'Each statement ends with a semicolon. It is usually missing at the end of this line, or of the one before.',
  anOpeningParenthesisHas:
    'An opening parenthesis has no partner. Count both kinds on this line; a word that is no C between them has ' +
    'the same effect.',
  inCWhatBelongs: (word, word2) => `In C, what belongs to \`${word}\` stands in parentheses: \`${word2} (...)\`.`,
  anOpeningSquareBracket: 'An opening square bracket has no partner.',
  anOpeningBraceHas:
    'An opening brace has no partner. Indent what stands between braces, and you see which one; in a list of ' +
    'values, a comma may be missing.',
  thereIsOneToo: 'There is one } too many here, or one { too few above.',
  aValueIsMissing:
    'A value is missing here: look for a sign too many or too few, an unfinished text, or an else that has lost ' +
    'its if.',
  aNameIsMissing:
    'A name is missing here. Is there a comma too many, a decimal comma, or code outside of every function?',
  oneGivesAVariable: 'One = gives a variable its value; two = ask whether two values are equal.',
  aNameCannotBegin: 'A name cannot begin with a digit, and 2n is not a product: write `2 * n`.',
  cHasNoFunctions:
    'C has no functions inside functions. Move this one above; or does the function before it miss its closing ' +
    'brace?',
  thereIsNoSuch:
    'There is no such header here. The library is `#include <ml.h>`; the C standard’s headers are here, too.',
  aLineThatBegins:
    'A line that begins with # is for the preprocessor; it knows #include, #define, #if, #else and #endif.',
  thereAreTwoThings: (name, name2) =>
    `There are two things called ${name} in the same place. To change a variable, leave its type out: \`${name2} ` +
    `= ...;\`.`,
  isDeclaredTwiceWith: (name) => `${name} is declared twice with different types. Make both the same, or remove one.`,
  aStructHasOnly:
    'A struct has only the fields that its declaration lists; ml.h shows them when you rest the pointer on the ' +
    'type.',
  throughAPointerA: 'Through a pointer, a field is reached by an arrow: `p->field`.',
  thisIsTheStruct: 'This is the struct itself and not a pointer to it: a field is reached by a dot, `s.field`.',
  theTwoPointersPoint:
    'The two pointers point to different types, so the same bytes would be read as something else. Change the ' +
    'type of one, or convert element by element.',
  aNumberIsGiven:
    'A number is given where an address is wanted. `&x` is the address of x; `p[i]` is an element, and `p` the ' +
    'address of the first.',
  anAddressIsGiven: 'An address is given where a number is wanted. `*p` or `p[0]` is the number that p points to.',
  anAddressIsCompared: 'An address is compared with a number. `*p` or `p[i]` is the number that it points to.',
  theFunctionWantsThe:
    'The function wants the address of it, so that it can change it or need not copy it: put & before the name.',
  aBeforeAName:
    'A * before a name follows a pointer, and this is no pointer. There is no ** for powers either: multiply.',
  onlyArraysAndPointers:
    'Only arrays and pointers have elements. Is this the array, or one of its elements, or its length?',
  thisIsNoFunction:
    'This is no function, so it cannot be called. Was a * for a product forgotten before the parenthesis?',
  constSaysThatThese:
    '`const` says that these values are only to be read. Make your pointer `const` too; if you must change them, ' +
    'work on a copy.',
  itIsDeclaredConst:
    'It is declared `const`: it belongs to someone who relies on it not changing. Write to the output, or to a ' +
    'copy.',
  whatStandsLeftOf:
    'What stands left of = must be a place in memory, such as a variable or `a[i]`; not a computed value.',
  voidMeansNoValue: '`void` means no value at all, so no variable can hold one.',
  anArrayWhoseLength:
    'An array whose length is only known at run time cannot have a list of values: fill it in a loop.',
  anArrayThatComes:
    'An array that comes as a parameter is only a pointer: its length is lost, and must come as a parameter of ' +
    'its own.',
  countTheValuesIn: 'Count the values in the call against the parameters in the declaration.',
  someWayThroughThis:
    'Some way through this function reaches its end without `return`: what the caller gets then is chance. Add a ' +
    '`return` at the end.',
  theFunctionPromisesA: 'The function promises a value, so `return` needs one.',
  aFunctionDeclaredVoid: 'A function declared `void` has no result. Change its type, or write a plain `return;`.',
  theResultIsThe: 'The result is the whole point of this call. Keep it in a variable, or drop the call.',
  aLocalVariableIs:
    'A local variable is gone once its function returns; its address is then worth nothing. Let the caller ' +
    'provide the memory.',
  oneGivesTheVariable: 'One = gives the variable a new value; to ask whether they are equal, write ==.',
  twoOnlyAskThis: 'Two = only ask; this line changes nothing. One = gives the variable its value.',
  thisLineComputesSomething: 'This line computes something and throws it away. Was an = or a += intended?',
  untilItIsGiven:
    'Until it is given a value, a variable holds whatever was in memory before. Give it one where it is ' +
    'declared: 0 for a sum.',
  theSemicolonRightAfter:
    'The semicolon right after the parenthesis is the whole body: it does nothing, and what follows is done ' +
    'once, always. Remove it.',
  withoutBracesOnlyOne:
    'Without braces only one statement belongs to the if or the loop, whatever the indentation says. Put { } ' +
    'around both.',
  inCThisCompares: 'In C this compares the result of the first comparison, 0 or 1. Write `a < b && b < c`.',
  cComputesTheComparison: 'C computes the comparison first. Put parentheses around what belongs together.',
  takesOnlyWhatStands: '`!` takes only what stands right after it: write `!(a == b)` or `a != b`.',
  isNoPowerIn: '^ is no power in C, but an exclusive or of bits. Multiply instead.',
  theTextOfPrintf: 'The text of printf needs as many % as there are values after it.',
  anArrayOfN: 'An array of n elements has the indices 0 to n - 1.',
  integersCannotBeDivided: 'Integers cannot be divided by zero: test the divisor first.',
  absIsForInt: '`abs` is for int and cuts the fraction off; for doubles there is `fabs`, for floats `fabsf`.',
  theValueDoesNot:
    'The value does not fit that type, so another one is stored. Choose a wider type, or convert on purpose.',
  singleQuotesHoldOne: "Single quotes hold one character, such as 'a'; text stands in double quotes.",
  comparesTheTwoAddresses: '== compares the two addresses, not the texts: use strcmp(a, b) == 0, from <string.h>.',
  thereIsNoLoop: 'There is no loop around this line. Has a brace closed it too early?',
  aSecondVariableOf:
    'A second variable of the same name hides the first one here; what is stored in one is not seen in the ' +
    'other. To use the first, leave the type out.',
};

/** @satisfies {Part} */
export const compilerRunner = {
  yourCodeCallsExit: (code) => `Your code calls exit(${code}). A function returns; it does not end the program.`,
  yourCodeAsksIts: (from, name) =>
    `Your code asks its host for ${from}.${name}, which does not exist here. Remove that declaration.`,
};

/** @satisfies {Part} */
export const compilerSupervise = {
  stoppedAfterSIt: (timeLimit) =>
    `Stopped after ${timeLimit} s: it did not end. Is there a loop whose condition never becomes false?`,
  notRunChecksBefore: (value) => `Not run: ${value} checks before it did not end.`,
  yourCodeNeverFrees: (bytes) =>
    `Your code never frees a block of ${bytes} byte${bytes === 1 ? '' : 's'}, and nothing points to it any more.`,
  theFirstOneIs: ' The first one is allocated in this line.',
  yourCodeNeverFreesBlocks: (blocks, bytes, which) =>
    `Your code never frees ${blocks} blocks (${bytes} byte${bytes === 1 ? '' : 's'}), and nothing points to them ` +
    `any more.${which}`,
};

/** @satisfies {Part} */
export const compilerTraps = {
  theResultOfDoes: (reason) => `the result of ${reason} does not fit into its integer type`,
  anIntegerIsDivided: 'an integer is divided by zero (or the smallest one by -1)',
  anIndexLiesOutside: 'an index lies outside its array',
  aNullOrMisaligned: 'a null or misaligned pointer is used',
  aShiftByA: 'a shift by a negative amount, or by as many bits as the type has',
  aLeftShiftPushes: 'a left shift pushes bits out of a signed integer',
  aFloatingPointNumber: 'a floating-point number that fits no such integer (or NaN) is converted',
  aPointerMovesOutside: 'a pointer moves outside the memory, or away from null',
  aSignedIntegerOverflows: 'a signed integer overflows',
  theProgramReachesA: 'the program reaches a place that was declared unreachable',
  aFunctionThatPromises: 'a function that promises a value ends without `return`',
  aValueIsRead: 'a value is read that its type cannot have',
  aBuiltinGetsA: 'a builtin gets a value that it does not allow',
  aNullPointerIs: 'a null pointer is passed where none is allowed',
  anArrayOfVariable: 'an array of variable length gets a length below 1',
  freeOrReallocGets: 'free or realloc gets a pointer that malloc did not return',
  aBlockThatWas: 'a block that was already freed is freed or resized again',
  throughANullPointer: (act) => `${act} through a null pointer`,
  memoryThatWasAlready: (act) => `${act} memory that was already freed`,
  outsideAGlobalOr: (act) => `${act} outside a global or static array`,
  outsideALocalArray: (act) => `${act} outside a local array or variable`,
  thatLieBeforeThe: (place, at, blockBytes) =>
    `${place} that lie ${at} byte${at === 1 ? '' : 's'} before the start of a block of ${blockBytes}`,
  atByteOfA: (place, at, size) =>
    `${place} at byte ${at} of a block of ${size} byte${size === 1 ? '' : 's'}, which ends before`,
  theCallStackIs: 'the call stack is used up: a function calls itself without end, or a local array is too large',
  anIntegerIsDividedBy: 'an integer is divided by zero',
  anAddressOutsideThe: 'an address outside the program’s memory is used',
  theProgramStopsItself: 'the program stops itself (abort, a failed assert), or does what can only go wrong',
  aFunctionPointerIs: 'a function pointer is null or of the wrong type',
  aFloatingPointNumberDoes: 'a floating-point number does not fit the integer type',
  theProgramFails: (message) => `the program fails (${message})`,
  yourCodeWrites: 'your code writes',
  yourCodeReads: 'your code reads',
  readsBytes: (n) => `your code reads ${n} byte${n === 1 ? '' : 's'}`,
  writesBytes: (n) => `your code writes ${n} byte${n === 1 ? '' : 's'}`,
};

/** @satisfies {Part} */
export const compilerWorkshop = {
  yourFileIsLonger: 'Your file is longer than one megabyte. This page compiles short files; cut it down.',
  theCompilerItselfFailed:
    'The compiler itself failed on this file. Is something in it very long, or nested very deeply?',
};

/* ---- Labs ---- */

/** @satisfies {Part} */
export const arithmeticSwitch = {
  forAllLabsA: 'For all labs: a product and the sum that it joins are rounded once, not twice',
  fusedArithmeticFasterOn: 'Fused arithmetic: faster on some processors, results may differ in the last digits',
};

/** @satisfies {Part} */
export const boxDrawer = {
  theSource: 'The source',
  insideThisLab: 'Inside this lab',
  theCThatDrew: 'The C that drew what you see. Nothing else did.',
  close: 'Close',
  functions: 'Functions',
  source: 'Source',
  tryAgain: 'Try again',
  fetchingTheSource: 'Fetching the source…',
  is: (label) => `${label} is`,
};

/** @satisfies {Part} */
export const chartPlot = {
  pinned: (label) => `${label} (pinned)`,
};

/** @satisfies {Part} */
export const dataDialog = {
  theBrowserCouldNot: 'The browser could not make the picture.',
  isWithYourDownloads: (download) => `${download} is with your downloads.`,
  copied: 'Copied.',
  theBrowserDoesNot: 'The browser does not let the page copy; download it instead.',
  theNumbersBehind: (title) => `The numbers behind “${title}”`,
  close: 'Close',
  what: 'What',
  figuresAtStep: (steps) => `Figures at step ${steps}`,
  downloadCsv: 'Download CSV',
  copyCsv: 'Copy CSV',
  table: 'Table',
  downloadPng: 'Download PNG',
  nothingYetRunThe: 'Nothing yet: run the lab first.',
  theFirstOfRows: (value, rows) => `The first ${value} of ${rows} rows; the CSV has them all.`,
};

/** @satisfies {Part} */
export const finding = {
  linePlot: 'Line plot',
  scatterPlot: 'Scatter plot',
  barChart: 'Bar chart',
  histogram: 'Histogram',
  mapOfValues: 'Map of values',
  smallMapsOfValues: 'Small maps of values',
  timeline: 'Timeline',
  graph: 'Graph',
  shows: (series) => `Shows ${series}.`,
  up: (title) => `up: ${title}`,
  across: (title) => `across: ${title}`,
  plot: 'Plot',
  notRunYet: 'Not run yet.',
  ofGoalsMet: (met, count) => ` ${met} of ${count} goals met.`,
  after: (shown, steps, figures, goals) => `After ${shown} ${steps === 1 ? 'step' : 'steps'}${figures}.${goals}`,
  and: (slice, at) => `${slice} and ${at}`,
};

/** @satisfies {Part} */
export const goalList = {
  tryThis: 'Try this',
  of: (done, count) => `${done} of ${count}`,
  done: '(done)',
  setsTheLabUp: 'Sets the lab up for this and runs it',
  showMe: 'show me',
};

/** @satisfies {Part} */
export const guess = {
  justAsYouGuessed: 'Just as you guessed.',
  veryClose: 'Very close.',
  tooBy: (side, off) => `Too ${side} by ${off}.`,
  tooBy2: (side, off, unit) => `Too ${side} by ${off}${unit}.`,
  aboutTimesToo: (times, side) => `About ${times} times too ${side}.`,
  too: (share, side) => `${share} % too ${side}.`,
  yourCurveAndThe: 'Your curve and the lab’s nearly coincide.',
  yourCurveRunsNear: 'Your curve runs near the lab’s.',
  theLabsCurveRuns: (mean) => `The lab’s curve runs elsewhere: on average ${mean} % of the plot’s height away.`,
  high: 'high',
  low: 'low',
};

/** @satisfies {Part} */
export const inkPad = {
  drawHere: 'Draw here',
  penDownTheArrow: 'Pen down: the arrow keys draw.',
  penUpTheArrow: 'Pen up: the arrow keys move.',
  arrowKeysMoveThe: (label) =>
    `${label}. Arrow keys move the pen, Space puts it down and lifts it, Delete clears the pad.`,
  drawingPad: 'drawing pad',
  clear: 'Clear',
  drawHereMouseFinger: 'Draw here: mouse, finger or arrow keys',
  theDrawingAsThe: 'The drawing as the program sees it',
};

/** @satisfies {Part} */
export const labCard = {
  downloadTheTrained: 'Download the trained network',
  modelAs: (format) => `Model as ${format}`,
  isWithYourDownloads: (file) => `${file} is with your downloads: the network as it stands now.`,
  thereIsNoLab: (name) => `There is no lab named ${name}.`,
  theseAreYourSettings: 'These are your settings from last time.',
  startedAnewWithThe: 'Started anew with the library’s code.',
  yourCodeHasStopped: 'Your code has stopped the lab.',
  line: (line) => `Line ${line}: `,
  yourCodeHasStoppedThe: (line, message) => `Your code has stopped the lab. ${line}${message}`,
  finishedAfterSteps: (steps) => `Finished after ${steps} steps.`,
  itRestsHereRun: 'It rests here. Run goes on.',
  step: (steps) => `step ${steps}`,
  done: (sentence) => `Done: ${sentence}`,
  startedAnewCountsFrom: (label) => `Started anew: ${label} counts from the first step.`,
  undone: 'Undone',
  redone: 'Redone',
  aNewStart: 'a new start',
  startedAnew: ' Started anew.',
  startedAnewWithSeed: (seed) => `Started anew with seed ${seed}.`,
  startedAnewWithTheDefault: 'Started anew with the default settings.',
  setUpAndRunning: 'Set up and running: watch for the tick.',
  setAsTheText: 'Set as the text says, and running.',
  linkToThisLab: 'Link to this lab',
  linkCopiedItHolds: 'Link copied. It holds every setting and the seed: whoever opens it sees the same curve.',
  linkCopiedWithoutYourFile:
    'Link copied. It holds every setting and the seed, but not your file: whoever opens it is asked for one.',
  copiedAnIframeWithoutYourFile:
    'Copied: an iframe with this lab and its settings, but not your file: whoever opens it is asked for one.',
  yourFileIsForgotten: 'Your file is forgotten, here and in this tab.',
  codeToEmbedThis: 'Code to embed this lab',
  lab: (title) => `Lab: ${title}`,
  copiedAnIframeWith: 'Copied: an iframe with this lab and its settings, to paste into another page.',
  theBrowserDoesNot: 'The browser does not let the page copy; here it is.',
  pinnedChangeASetting:
    'Pinned. Change a setting or press Reset and run: this run stays, faint and dotted, under the next one.',
  unpinned: 'Unpinned.',
  yourCodeFor: (code) => `your code for “${code}”`,
  theLibrarysCode: 'the library’s code',
  pinned: 'Pinned',
  theSameSettingsAs: 'the same settings as now',
  stepOfARun: (steps, theSameSettingsAs) =>
    `Step ${steps} of a run with ${theSameSettingsAs}: faint and dotted in the plots.`,
  unpin: 'Unpin',
  pressItAgainWhen: (message) => `${message} Press it again when the network is back.`,
  theTableOfThe: 'The table of the data',
  withYourCodeFor: (title) => `, with your code for “${title}”`,
  theSameSettings: 'the same settings',
  faintAndDottedStep: (steps, differing) => ` Faint and dotted: step ${steps} with ${differing}.`,
  step2: (title, steps, code, settings, differing) => `${title}, step ${steps}${code}: ${settings}.${differing}`,
  theBox: 'The box',
  lab2: 'Lab',
  openTheBox: 'Open the box ↗',
  fusedArithmeticTheLast: 'Fused arithmetic: the last digits may differ.',
  leaveFullScreen: 'Leave full screen',
  yourSystemAsksFor: 'Your system asks for less motion, so this lab waits until you press Run.',
  tryAgain: 'Try again',
  yourCode: 'Your code',
  itDoesNotPass: ' It does not pass its checks, so no goal is ticked.',
  thisLabRunsWith: (title, itDoesNotPass) =>
    `This lab runs with what you wrote for “${title}”, in place of the library’s function.${itDoesNotPass}`,
  backToTheLibrarys: 'Back to the library’s code',
  morePlots: 'More plots',
  withYourCodeFor2: (title) => ` With your code for “${title}”.`,
  settings: 'Settings:',
  restartThisLab: 'Restart this lab',
  reset: 'Reset',
  oneStep: (value) => `One step: ${value}`,
  step3: 'Step',
  backToStep0: 'Back to step 0 with these settings',
  step0: 'step 0',
  pause: '❚❚ Pause',
  runAgain: '▶ Run again',
  run: '▶ Run',
  data: 'Data',
  share: 'Share',
  more: 'More',
  keepThisRunTo: 'Keep this run, to compare the next one with it',
  pin: 'Pin',
  anIframeWithThis: 'An iframe with this lab, for another page',
  embed: 'Embed',
  theLabAloneOver: 'The lab alone, over the whole screen; Escape leaves',
  fullScreen: 'Full screen',
  speed: 'Speed',
  startedAnewFused: 'Started anew with fused arithmetic.',
  startedAnewExact: 'Started anew with exact arithmetic.',
  max: 'max',
};

/** @satisfies {Part} */
export const ownData = {
  yourCsvFile: 'Your CSV file',
  size: (rows, columns) => `: ${rows} rows, ${columns} columns.`,
  wanted: (columns, rows) => `. Its first line names the columns. Wanted: ${columns}; at least ${rows} rows.`,
  numbers: (column) => `${column} (numbers)`,
  twoClasses: (column) => `${column} (two classes)`,
  chooseAFile: 'Choose a file',
  chooseAnotherFile: 'Choose another file',
  paste: 'Paste',
  whatYouPasted: 'what you pasted',
  orDropItHere: 'or drop it here. It is read in this page and goes nowhere.',
  forgetIt: 'Forget it',
  keptInThisTab: 'Kept in this tab until you close it, and never sent: a link to this lab does not carry it.',
  notKept: (megabytes) =>
    `Here until you reload or leave this page (over ${megabytes} MB, or the browser keeps nothing), and never sent: a ` +
    'link to this lab does not carry it.',
  readIt: 'Read it',
  csvFile: 'CSV file',
  csvText: 'CSV text',
  choose: 'choose …',
  firstRows: 'First rows',
  missing: 'missing',
  howManyMissing: (cells) => `, ${cells} missing`,
};

/** @satisfies {Part} */
export const ownTable = {
  number: 'number',
  wholeNumber: 'whole number',
  category: 'category',
  text: 'text',
  nothing: 'nothing',
};

/** @satisfies {Part} */
export const labClient = {
  endedBeforeTheModel: 'The lab was ended before its model was written.',
  theProgramThatRuns: (value) =>
    `The program that runs this lab has not arrived or has stopped: for ${value} seconds it said nothing. The ` +
    'others go on; this one can start again.',
  stoppedForSYour: (value) =>
    `Stopped: for ${value} s your code did not return. Is there a loop whose condition never becomes false? Or ` +
    'is it slow? A lab calls it for each frame, with thousands of values.',
  theProgramThatRunsThis: 'The program that runs this lab could not be started, or has failed.',
};

/** @satisfies {Part} */
export const labControls = {
  backToTheDefault: 'Back to the default settings',
  undo: 'Undo',
  undoTheLastChange: 'Undo the last change of a setting (Ctrl-Z)',
  redo: 'Redo',
  redoItCtrlShift: 'Redo it (Ctrl-Shift-Z)',
  moreSettings: 'More settings',
  sameSeedSameCurve: 'Same seed, same curve, on every machine',
  seed: 'Seed',
  newSeed: 'New seed',
  aSeedIsA: 'A seed is a whole number, 0 or more.',
};

/** @satisfies {Part} */
export const labDriver = {
  line: (line, message) => `Line ${line}: ${message}`,
  linking: 'Linking …',
  runTheLabWith: 'Run the lab with my code',
  aLabOfThis: 'A lab of this course calls this very function. See its plots drawn by yours.',
  notRightYetBut: 'Not right yet, but the lab takes it all the same: see what the mistake does to the plots.',
};

/** @satisfies {Part} */
export const labModule = {
  thereIsNotEnough: 'there is not enough memory for its data',
  theProgramCallsWhich: (name) => `the program calls ${name}, which labs do not have`,
};

/** @satisfies {Part} */
export const labOutcome = {
  thereIsNoLab: (name) => `There is no lab named “${name}”.`,
  theLabTookToo: 'The lab took too long to answer.',
  theProgramThatRuns: 'The program that runs the lab could not be started.',
  theLabRefused: (error) => `The lab refused: ${error}.`,
};

/** @satisfies {Part} */
export const labReadouts = {
  figures: 'figures',
  less: 'Less',
  more: 'More',
  computedBy: (code) => `Computed by ${code}.`,
  measured: ' · measured',
  thePinnedRun: 'The pinned run',
  pinned: ', pinned:',
};

/** @satisfies {Part} */
export const labSite = {
  theDataOfThis: (name) => `The data of this lab, ${name},`,
  theProgramOfThe: 'The program of the labs',
  somethingElseCameIn:
    'Something else came in place of the labs’ program, as from a network that asks to log in. Try again.',
  thisBrowserHasNo: 'This browser has no memory left for the labs’ program: close other tabs, then try again.',
  thisBrowserDoesNot:
    'This browser does not run the labs’ program: a rule or an extension of it may forbid WebAssembly here. ' +
    'Text, questions and progress go on without.',
};

/** @satisfies {Part} */
export const labView = {
  whatDrawsThisPlot: 'What draws this plot',
  item: (item) => `item ${item}`,
  realTimeOnThis: 'Real time on this machine',
  measured: 'measured',
  theCThatComputes: (code) => `The C that computes this: ${code}`,
  openTheBox: (title) => `Open the box: ${title}`,
  tryAgain: 'Try again',
  nothingYetPressRun: 'Nothing yet: press Run.',
  thereIsMoreThan: 'There is more than fits here.',
  pickIn: (title) => `Pick in ${title}`,
  pickOne: 'pick one',
  readAs: (row, column, value) => `${row} read as ${column}: ${value}`,
};

/** @satisfies {Part} */
export const labWorker = {
  closeOtherTabsThen: 'Close other tabs, then start it again.',
  theOthersGoOn: 'The others go on; this one can start again.',
  thisLabHasStopped: (reason, remedy) => `This lab has stopped working (${reason}). ${remedy}`,
};

/** @satisfies {Part} */
export const link = {
  onOrOff: 'on or off',
  oneOf: (name) => `one of ${name}`,
  theSeedCannotBe: (text) => `The seed cannot be ${text}: it is a whole number.`,
  thisLabHasNo: (name) => `This lab has no setting ${name}.`,
  andMoreThatCannot: (more) => `And ${more} more that cannot be used.`,
  cannotBeItIs: (label, text, param, initial) => `${label} cannot be ${text}: it is ${param}. It stays at ${initial}.`,
  seed: (seed) => `seed ${seed}`,
  aNumber: (min, max) => `a number from ${min} to ${max}`,
  aWholeNumber: (min, max) => `a whole number from ${min} to ${max}`,
};

/** @satisfies {Part} */
export const paramControl = {
  is: (label, param) => `${label} is ${param}.`,
  typed: (label) => `${label}, typed`,
};

/** @satisfies {Part} */
export const plotPicture = {
  theBrowserMadeNo: 'The browser made no picture.',
};

/** @satisfies {Part} */
export const sharedLab = {
  anEmbedNamesIts: 'An embed names its lab: ?embed&lab=NAME. This one names none, so here is the whole page.',
  theLinkAsksFor: (name, name2) => `The link asks for a lab named ${name}, but there is none. There are: ${name2}.`,
};

/** @satisfies {Part} */
export const surfacePlot = {
  at: (name, value, x, y) => `${name} ${value} at (${x}, ${y})`,
};

/** @satisfies {Part} */
export const tableView = {
  theFirstOfRows: (rows, all) => `The first ${rows} of ${all} rows; Data has all of them.`,
  rowsColumns: (title, title2) => `rows: ${title} · columns: ${title2}`,
};

/** @satisfies {Part} */
export const timelinePlot = {
  fromTo: (what, start, end) => `${what}, from ${start} to ${end}`,
};

/* ---- Challenges ---- */

/** @satisfies {Part} */
export const attemptList = {
  inTheEditor: 'in the editor',
  restoreTheAttemptOf: (at, verdict) => `Restore the attempt of ${at}: ${verdict}`,
  restore: 'Restore',
  earlierAttempts: 'Earlier attempts',
};

/** @satisfies {Part} */
export const attempts = {
  inOneOfTwo: 'in one of two tabs',
};

/** @satisfies {Part} */
export const challengeCard = {
  theEditor: 'The editor',
  changedInAnotherTab: 'changed in another tab',
  anotherTabHasChanged:
    'Another tab has changed the code of this challenge. Above the editor you can choose which to go on with.',
  fromAnotherTab: 'from another tab',
  asInTheOther: 'as in the other tab; yours is among the earlier attempts',
  backToTheStarter: 'back to the starter',
  theCodeIsThe: 'The code is the starter again.',
  itCanBeUndone: (announcement) => `${announcement} It can be undone.`,
  anEarlierAttemptIs: 'an earlier attempt is back',
  theEarlierAttemptIs: 'The earlier attempt is in the editor.',
  keptWhenTheChallenge: 'kept when the challenge changed',
  yourCodeIsBack: 'Your code is back.',
  theCCompilerHas: 'The C compiler has to be downloaded first.',
  compiling: 'compiling …',
  openingTheCompiler: 'opening the compiler …',
  doesNotLink: 'does not link',
  itDoesNotCompile: (n) => `It does not compile: ${n} error${n === 1 ? '' : 's'}.`,
  itCannotBeLinked: 'It cannot be linked.',
  line: (lines, message, plain) => `Line ${lines}: ${message}. ${plain}`,
  compiledInSBy: (compileMs, clangVersion) => `compiled in ${compileMs} s by clang ${clangVersion}, in this page`,
  ofChecksPass: (value, count) => `${value} of ${count} checks pass`,
  whatYourCodeCosts: 'What your code costs is measured when it frees all that it allocates.',
  secondStar: (star) => ` Second star: ${star}.`,
  allChecksPassSolved: (all) => `All ${all} checks pass. Solved.`,
  line2: (line) => `Line ${line}. `,
  fails: (sentence, line, message) => `${sentence}: fails. ${line}${message}`,
  ofChecksPass2: (passed, all, message) => `${passed} of ${all} checks pass. ${message}`,
  thisLooksLikeA: ' This looks like a usual mistake: see below the checks.',
  theSolution: 'The solution',
  tryAgain: 'Try again',
  challenge: 'Challenge',
  levelAboutMinutesC: (level, minutes) => `Level ${level} · about ${minutes} minutes · C`,
  solved: 'Solved',
  withStar: ', with star',
  hints: 'Hints',
  of: (hints, count) => `${hints} of ${count}`,
  showAHint: 'Show a hint',
  anotherHint: 'Another hint',
  reset: 'Reset',
  solution: 'Solution',
  stop: 'Stop',
  runChecks: 'Run checks',
  undo: 'Undo',
  checks: 'Checks',
  notRunBecauseOf: (skipped) => `; ${skipped} not run, because of those that did not end`,
  ofChecksPass3: (value, count, rest) => `${value} of ${count} checks pass${rest}`,
  yourAnswerBehavesLike: 'Your answer behaves like a usual wrong one: what is wrong with that one?',
  line3: (line) => `line ${line}`,
  itDoesNotCompileYet: (n) => `It does not compile yet: ${n} error${n === 1 ? '' : 's'}`,
  itDoesNotRun: 'It does not run yet',
  yourCCodeFor: (title) => `Your C code for ${title}. Tab indents; Escape, then Tab, leaves the editor.`,
  takeAway: 'Take away',
  errors: (n) => `${n} error${n === 1 ? '' : 's'}`,
  wayOut: (escape, tab, prefix) =>
    ['Tab indents. ', escape, ', then ', tab, ', leaves the editor. Type ', prefix, ' for the library.'],
};

/** @satisfies {Part} */
export const checkList = {
  notRunYet: 'not run yet',
  wasNotRun: 'was not run',
  line: (line) => `Line ${line}`,
  theSameAgain: ': the same again.',
  given: (input) => ` Given ${input}.`,
  notRun: 'not run',
};

/** @satisfies {Part} */
export const codeDiff = {
  theSameButFor: 'the same but for spaces',
  onlyOnTheLeft: 'only on the left',
  onlyOnTheRight: 'only on the right',
  markedMarked: (theSameButFor, onlyOnTheLeft, onlyOnTheRight) =>
    `${theSameButFor}; ${onlyOnTheLeft}, marked −; ${onlyOnTheRight}, marked +.`,
};

/** @satisfies {Part} */
export const codeEditor = {
  code: 'Code',
};

/** @satisfies {Part} */
export const compilerOffer = {
  almostThere: ', almost there',
  aboutSLeft: (seconds) => `, about ${seconds} s left`,
  aboutMinLeft: (seconds) => `, about ${seconds} min left`,
  yourCIsCompiled: 'Your C is compiled in this page',
  byClangAndRuns:
    ', by clang, and runs here: nothing is installed and nothing is sent anywhere. For that your browser needs ' +
    'the compiler, once; it is kept for every challenge and every later visit.',
  fetchTheRestOf: (missing, total) => `Fetch the rest of the C compiler (${missing} of ${total} MB)`,
  downloadTheCCompiler: (total) => `Download the C compiler (${total} MB, once)`,
  downloadOfTheC: 'Download of the C compiler',
  allHereUnpacking: 'All here. Unpacking …',
  downloadingTheCCompiler: 'Downloading the C compiler:',
  ofMb: (received, total) => `${received} of ${total} MB`,
  readOnOrWrite: 'Read on or write your answer meanwhile; what you type is kept.',
  theCompilerCouldNot: 'The compiler could not be fetched.',
  yourCodeIsSafe: (problem) => `${problem} Your code is safe.`,
  tryAgain: 'Try again',
};

/** @satisfies {Part} */
export const costTable = {
  floatingPointOperations: 'floating-point operations',
  atMostTimesThe: (most, quantity) => `at most ${most} times the ${quantity} of the solution`,
  costOfOneCall: 'Cost of one call on a typical input',
  yours: 'yours',
  solution: 'solution',
  ratio: 'ratio',
  compiledForSpeedWithout: 'Compiled for speed, without checks; the median of several runs, here and now.',
  countedInYourOwn: 'Counted in your own functions; the same at every run and in every browser.',
  loads: 'loads',
  stores: 'stores',
  time: 'time',
  starEarned: (condition) => `Second star: ${condition}. Earned.`,
  starOpen: (condition) => `A second star is yours with ${condition}.`,
};

/** @satisfies {Part} */
export const programOutput = {
  printedByYourProgram: 'Printed by your program',
  thereWasMoreOnly: 'There was more; only the first 64 KB are shown.',
};

/** @satisfies {Part} */
export const solutionView = {
  showASolutionNow: 'Show a solution now?',
  youHaveNotSolved: 'You have not solved this one yet. A hint may be all you need; and one of your own sticks better.',
  keepTrying: 'Keep trying',
  showTheSolution: 'Show the solution',
  aSolutionBesideYours: 'A solution beside yours',
  close: 'Close',
  yourCode: 'Your code',
  aSolution: 'A solution',
};

/** @satisfies {Part} */
export const starterNotice = {
  thisChallengeHasChanged: 'This challenge has changed since you began',
  yourCodeIsAs:
    'Your code is as you left it. Go on with it, or begin afresh; what you wrote stays among the earlier ' +
    'attempts.',
  whatHasChangedIn: 'What has changed in the starter',
  keepMyCode: 'Keep my code',
  beginWithTheNew: 'Begin with the new starter',
  theStarterWhenYou: 'The starter when you began',
  theStarterNow: 'The starter now',
};

/** @satisfies {Part} */
export const tabNotice = {
  anotherTabHasChanged: 'Another tab has changed this code',
  hereIsWhatYou:
    'Here is what you wrote in this tab. Go on with it, or with the other tab’s; the one that you leave stays ' +
    'among the earlier attempts.',
  whatDiffers: 'What differs',
  keepThisTabs: 'Keep this tab’s',
  takeTheOtherTabs: 'Take the other tab’s',
  theOtherTab: 'The other tab',
  thisTab: 'This tab',
};

/* ---- The page, its progress and its search ---- */

/** @satisfies {Part} */
export const anchors = {
  linkCopied: 'Link copied',
};

/** @satisfies {Part} */
export const chapterRecap = {
  answeredOtherwiseAtFirst: 'Answered otherwise at first',
  guessedFarOff: 'Guessed far off',
  notAnsweredYet: 'Not answered yet',
  challengesToSolve: 'Challenges to solve',
  labsWithSomethingLeft: 'Labs with something left to try',
  nothingEveryQuestionRight:
    'Nothing: every question right at the first go, every challenge solved, every lab tried out.',
  section: 'Section: ',
  itsStepsAreExplained: 'Its steps are explained beside it.',
  oneQuestion: 'One question. ',
  questions: (count) => `${count} questions. `,
  goToIt: 'Go to it',
  goToTheFirst: 'Go to the first',
  ofDone: (done, all) => `: ${done} of ${all} done`,
};

/** @satisfies {Part} */
export const commands = {
  onThisPage: 'On this page',
  goOn: 'Go on',
  lookAndKeys: 'Look and keys',
  continueWhereYouWere: 'Continue where you were',
  startReading: 'Start reading',
  nextChapter: 'Next chapter',
  previousChapter: 'Previous chapter',
  lightColours: 'Light colours',
  brightDay: 'bright day',
  darkColours: 'Dark colours',
  nightBlack: 'night black',
  coloursAsTheSystem: 'Colours as the system has them',
  asItIsNow: 'as it is now',
  opensThisSearchNow: 'opens this search now; Ctrl-K always does',
  ctrlKOpensThis: 'Ctrl-K opens this search',
  keyOn: 'Key / on',
  keyOff: 'Key / off',
  pages: 'Pages',
  goToTheLab: (title) => `Go to the lab: ${title}`,
  goToTheChallenge: (title) => `Go to the challenge: ${title}`,
  alsoContinue: 'resume go on next section',
  alsoJump: 'on this page jump',
  alsoOpen: (path) => `open go to page ${path}`,
  automatic: 'automatic',
  alsoScheme: (scheme, also) => `scheme theme mode ${scheme} ${also}`,
  alsoSlash: 'slash shortcut keyboard',
};

/** @satisfies {Part} */
export const continueReading = {
  continue: (title) => `Continue: ${title}`,
};

/** @satisfies {Part} */
export const early = {
  theLooksOfThis: 'The looks of this page could not be fetched. The text is all here.',
  theProgramOfThis:
    'The program of this page could not be fetched, so labs, challenges and questions sleep. The text is all ' +
    'here.',
  tryAgain: 'Try again',
};

/** @satisfies {Part} */
export const fetching = {
  forSecondsNothingCame: (value) => `for ${value} seconds nothing came.`,
  theNetworkOrThe: 'the network or the host does not answer.',
  couldNotBeFetched: (subject) => `${subject} could not be fetched`,
  theHostAnswered: (failed, status) => `${failed}: the host answered ${status}.`,
  completelyTheConnectionBroke: (failed) => `${failed} completely: the connection broke off.`,
  couldNotBeFetchedWhere: (subject, sILENT) =>
    `${subject} could not be fetched: ${sILENT} Where trying again does not help, reload the page; nothing is ` +
    'lost.',
  couldNotBeFetched2: (subject, value) => `${subject} could not be fetched: ${value}`,
};

/** @satisfies {Part} */
export const find = {
  theSearch: 'The search',
  everythingAlsoStandsOn: (message) => `${message} Everything also stands on the map.`,
  tryAgain: 'Try again',
};

/** @satisfies {Part} */
export const libraryHelp = {
  mlH: (header) => `ml.h, ${header}`,
};

/** @satisfies {Part} */
export const mapThings = {
  ofTried: (done, all) => `${done} of ${all} tried`,
};

/** @satisfies {Part} */
export const nextStep = {
  youHaveBegunIt: 'You have begun it, and it is not solved yet.',
  itIsTheFirst: 'It is the first section that you have not read.',
  itIsWhereThe: 'It is where the course begins.',
  allIsReadThis: 'All is read; this is the first challenge that is still open.',
  itHasSomethingLeft: 'It has something left to try.',
  itIsTheFirstQuestion: 'It is the first question that you have not answered rightly.',
};

/** @satisfies {Part} */
export const notice = {
  closeThisMessage: 'Close this message',
};

/** @satisfies {Part} */
export const offline = {
  aNewVersionOf: 'A new version of these pages is ready. What you did and wrote is kept.',
  reload: 'Reload',
  theOldVersionIs: (tabs) => (tabs === 1
    ? 'The old version is still open in another tab. Close it, then the new one can come.'
    : `The old version is still open in ${tabs} other tabs. Close them, then the new one can come.`),
};

/** @satisfies {Part} */
export const page = {
  theRecap: 'The recap',
  whatIsDone: 'What is done',
  whatTheQuestionsRun: 'What the questions run on',
  whatIsDoneOn: 'What is done on the map',
  whatThePredictionsRun: 'What the predictions run on',
  whatTheLabsRun: 'What the labs run on',
  whatTheChallengesRun: 'What the challenges run on',
  theTextIsAll: (message) => `${message} The text is all here.`,
  tryAgain: 'Try again',
  lacksWebassemblySimd: 'lacks WebAssembly SIMD',
  hasWebassemblySwitchedOff: 'has WebAssembly switched off, as a strict privacy mode does',
  thisBrowserSoLabs: (why) =>
    `This browser ${why}, so labs and challenges cannot run here. Text, questions and progress go on; for the ` +
    'rest, use a browser from 2023 or later.',
  itCannotRunHere: (why) => `It cannot run here: this browser ${why}.`,
};

/** @satisfies {Part} */
export const predictionCard = {
  theLabIsComputing: 'The lab is computing …',
  hereIsWhatThe: 'Here is what the lab computes.',
  itComesOutAs: 'It comes out as you guessed.',
  itComesOutOtherwise: 'It comes out otherwise.',
  chooseWhatYouExpect: 'Choose what you expect first, or skip.',
  itComesOutAs2: (absent) => `It comes out as “${absent}”.`,
  typeANumberSuch: 'Type a number, such as 12 or 0.5, or skip.',
  drawWhatYouExpect: 'Draw what you expect first, or skip.',
  whatComesOut: 'What comes out. ',
  yourGuess: 'Your guess. ',
};

/** @satisfies {Part} */
export const predictionCurve = {
  yourGuess: (title, label) => `Your guess: ${title}, ${label}`,
  solid: (label) => `Solid: ${label}.`,
  dashedYourGuess: 'Dashed: your guess.',
  drawOverThePlot: 'Draw over the plot, or move the points with the arrow keys.',
};

/** @satisfies {Part} */
export const progressDatabase = {
  thisBrowserDoesNot:
    'This browser does not let the page keep anything, so your progress and code last until the page is closed.',
  theBrowsersStorageFor:
    'The browser’s storage for this site is full: what you do from now on may be lost when the page is closed. ' +
    'Free some space and it will be kept again.',
  yourProgressInThis:
    'Your progress in this browser was kept by a newer version of this site. It is left untouched; reload the ' +
    'page to get that version. Until then, what you do lasts until the page is closed.',
  theBrowserCannotRead:
    'The browser cannot read the progress that it kept for this site. It is left untouched; what you do now ' +
    'lasts until the page is closed. Save it as a file on the page “Your progress”.',
  aNewerVersionOf:
    'A newer version of this site is open in another tab: reload this one. Until then, what you do here lasts ' +
    'until the page is closed.',
};

/** @satisfies {Part} */
export const progressFile = {
  thisJsonFileHolds: 'This JSON file holds no progress of this site. Nothing was changed.',
  thisFileSaysThat:
    'This file says that it holds progress, but its version or its records are missing. Nothing was changed.',
  thisFileIsOf: (version, vERSION) =>
    `This file is of version ${version}, written by a newer version of the site; this page knows version ` +
    `${vERSION}. Reload the page, to get the newer one, and import again. Nothing was changed.`,
  thisFileIsToo: 'This file is too big: it holds more records than the whole course has. Nothing was changed.',
  thisFileIsTooBig: 'This file is too big to be progress of this site. Nothing was changed.',
  thisFileIsNot:
    'This file is not JSON, so it cannot be read. Choose the one that “Save as a file” wrote. Nothing was ' +
    'changed.',
  yourCodeBeforeAn: 'your code before an import',
  codeFromAnImported: 'code from an imported file',
  theFileWasRead: 'The file was read; it holds nothing that you do not have already.',
  theFileWasReadNew: (n, updated, same) =>
    `The file was read: ${n} record${n === 1 ? '' : 's'} new here, ${updated} brought up to date, ${same} left ` +
    'as they were.',
  bothYouAndThe: (both) =>
    `Both you and the file have code for ${both}: the later one is in the editor, the other among the earlier ` +
    'attempts.',
  leftOutOfA: (n) => `Left out: ${n} record${n === 1 ? '' : 's'} of a kind that this page does not know.`,
  leftOutThatCould: (n) => `Left out: ${n} record${n === 1 ? '' : 's'} that could not be understood.`,
};

/** @satisfies {Part} */
export const progressOverview = {
  ofTheRecordsIn: (unreadable) =>
    `${unreadable} of the records in this browser cannot be understood. They are left as they are, and are in no ` +
    'file.',
  nothingIsLeftAll: 'Nothing is left: all is read, answered, tried out and solved. Build something.',
  chapter: (number, why) => `Chapter ${number}. ${why}`,
  read: (title) => `Read: ${title}`,
  challenge: (challenge) => `Challenge: ${challenge}`,
  lab: (textContent) => `Lab: ${textContent}`,
  aQuestion: 'A question',
  savedWith: (file, n) => `Saved ${file}, with ${n} record${n === 1 ? '' : 's'}.`,
  thisFileIsToo: 'This file is too big to be progress of this site. Nothing was changed.',
  theBrowserCouldNot: 'The browser could not read this file. Nothing was changed.',
  whatYouReadMet: (n) =>
    `What you read, met, answered and wrote on this site, ${n} record${n === 1 ? '' : 's'} in all, is deleted ` +
    'from this browser.',
  forgottenOnThisPage: (problem) => `Forgotten on this page. ${problem}`,
  everythingIsForgotten: 'Everything is forgotten.',
  answered: (done) => `, ${done} answered`,
  of: (done, all, more) => `${done} of ${all}${more}`,
};

/** @satisfies {Part} */
export const quizQuestion = {
  right: 'Right.',
  notQuite: 'Not quite.',
  missed: '✓ (missed)',
  chooseAnAnswerFirst: 'Choose an answer first.',
  tickAtLeastOne: 'Tick at least one.',
  typeANumberSuch: 'Type a number, such as 12 or 0.5.',
  belongsInPlace: (place) => `Belongs in place ${place}.`,
  theAnswerIs: (value) => `The answer is ${value}.`,
  moveUp: (name) => `Move up: ${name}`,
  moveDown: (name) => `Move down: ${name}`,
  nowInPlaceOf: (item, count) => `Now in place ${item} of ${count}.`,
};

/** @satisfies {Part} */
export const schemeSwitch = {
  auto: 'Auto',
  light: 'Light',
  dark: 'Dark',
  colourSchemePressTo: (scheme) => `${scheme}: colour scheme, press to change`,
};

/** @satisfies {Part} */
export const searchDialog = {
  toDo: 'To do',
  inTheText: 'In the text',
  labs: 'Labs',
  challenges: 'Challenges',
  questions: 'Questions',
  glossary: 'Glossary',
  theLibraryInC: 'The library in C',
  searchAndCommands: 'Search and commands',
  searchOrACommand: 'Search, or a command',
  close: 'Close',
  choose: 'choose',
  go: 'go',
  close2: 'close',
  results: 'Results',
  commands: 'Commands',
  untilItIsThere: (problem) => `${problem} Until it is there, only commands are found.`,
  tryAgain: 'Try again',
  readingWhatCanBe: 'Reading what can be found…',
  noPlaceHasAll: 'No place has all of these words; these have some of them.',
  typeToSearchAll: 'Type to search all chapters.',
  nothingFound: 'Nothing found.',
  n1Result: '1 result',
  results2: (total) => `${total} results`,
  more: (hidden) => `${hidden} more`,
  also: 'Also: ',
  with: 'With: ',
  nothingHere: (query, glossary, map) =>
    [`Nothing here about “${query}”. Try fewer words or another name for it, or look through the `, glossary, ' or ', map, '.'],
  linkedGlossary: 'glossary',
  linkedMap: 'the map',
};

/** @satisfies {Part} */
export const site = {
  couldNotBeRead: (path) =>
    `${path} could not be read: something else came in its place, as from a network that asks to log in.`,
};

/** @satisfies {Part} */
export const siteMap = {
  nothingIsAllOf: 'Nothing is all of this at once; choose less, or show all.',
  of: (shown, all) => `${shown} of ${all}`,
  ofSectionsRead: (done, all) => `${done} of ${all} sections read`,
  ofGoalsMet: (done, all) => `${done} of ${all} goals met`,
  ofChallengesSolved: (done, all) => `${done} of ${all} challenges solved`,
  ofQuestionsRight: (done, all) => `${done} of ${all} questions right`,
};

/** @satisfies {Part} */
export const siteNav = {
  ofSolved: (count, count2) => `${count} of ${count2} solved`,
  done: ' done',
};
