// Calling a number: by whatever handles `tel:` on this machine, until something of ours offers to.
type Way = (number: string) => void;

const byMachine: Way = (number) => {
  location.assign(`tel:${number.replace(/[^\d+*#]/g, "")}`);
};

let way = byMachine;

export const dial: Way = (number) => {
  way(number);
};

/** The softphone takes this over while it is ready; what comes back undoes it. */
export function dialBy(ours: Way): () => void {
  way = ours;
  return () => {
    if (way === ours) way = byMachine;
  };
}
