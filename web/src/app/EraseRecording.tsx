// Asks before a recording is erased: it cannot be taken back.
import { remove } from "../api/client";
import { useLogs } from "./texts/logs";
import { useSave } from "./useSave";
import { Why } from "../ui/Form";
import { Question } from "../ui/Window";

interface EraseProps {
  id: number;
  onClose: () => void;
  onDone?: () => void;
}

export function EraseRecording({ id, onClose, onDone }: EraseProps) {
  const logs = useLogs();
  const { save, busy, why } = useSave(() => remove(`/desk/recordings/${String(id)}`), {
    changes: ["recordings", "recording-sums", "recordings-these"],
    said: logs("erase.done"),
    done: () => {
      onDone?.();
      onClose();
    },
  });
  return (
    <Question
      title={logs("erase.title")}
      text={logs("erase.text")}
      yes={logs("erase.yes")}
      busy={busy}
      trouble={<Why text={why} />}
      onYes={() => {
        save(undefined);
      }}
      onClose={onClose}
    />
  );
}
