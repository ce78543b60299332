/** A name for a call that can be read out over a phone: `amber-otter-37`, one of some 200 000. */
export function randomCallName(): string {
  const [first = 0, second = 0, number = 0] = crypto.getRandomValues(new Uint32Array(3));
  return `${pick(colors, first)}-${pick(animals, second)}-${10 + (number % 90)}`;
}

function pick(words: readonly string[], chance: number): string {
  return words[chance % words.length] ?? "";
}

/** Short, told apart by ear, and of no other meaning next to an animal. */
const colors = (
  "amber ash azure birch blue brass bright brisk bronze calm cedar chalk clear cobalt copper coral " +
  "crisp dawn ebony fair fern flint gold green hazel indigo ivory jade lilac lime linen lunar " +
  "maple mint misty navy olive opal pearl plum quiet rapid ruby rustic sage scarlet silver tidal"
).split(" ");

const animals = (
  "badger beaver bison camel cod crane curlew dolphin dove eagle egret eider falcon finch fox gannet " +
  "gecko gull hare heron ibex ibis jackdaw kestrel koala lark lemur linnet llama lynx magpie marten " +
  "mole moose newt osprey otter owl panda petrel plover puffin raven robin seal stork swan tern"
).split(" ");
