// How a recording without sound is told, for the screens beside the player.
export { wordsOf } from "../cards/player";
