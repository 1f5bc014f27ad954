// The player of a recording: its waveform by side, speed, steps, silence skipped; and words where there is no sound.
import { ActionIcon, Button, Kbd, Tooltip } from "@mantine/core";
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { Download, FastForward, Pause, Play, RotateCcw, RotateCw, Trash2 } from "lucide-react";
import { type KeyboardEvent, lazy, type MouseEvent, type Ref, Suspense, useEffect } from "react";
import { useImperativeHandle, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { get, isRefusal, post } from "../api/client";
import { useSave } from "../app/useSave";
import { sentence } from "../app/sentence";
import { hearFacts } from "../live/store";
import { Waiting } from "../ui/Page";
import { clock, outline, past, type Peaks, type Recording, silences, SPEEDS, STEP, wordsOf } from "./player";
import css from "./RecordingPlayer.module.css";

const EraseRecording = lazy(async () => ({
  default: (await import("../app/EraseRecording")).EraseRecording,
}));

const BARS = 160;
const ASK_AGAIN = 5_000; // ms, while it is on its way
const SPEED = "trubka-speed"; // how one likes to listen, kept in the browser
const SKIP = "trubka-skip-silence";

export interface Player {
  toggle: () => void;
}

interface PlayerProps {
  id: number;
  /** So that a key of the screen around it may play. */
  player?: Ref<Player>;
  /** The key that plays, to be told. */
  keys?: string;
}

const recordingOf = (id: number) =>
  queryOptions({
    queryKey: ["recordings", id],
    queryFn: () => get<Recording>(`/desk/recordings/${String(id)}`),
    retry: (count, error) => !isRefusal(error) && count < 2,
    refetchInterval: ({ state }) =>
      state.data && (state.data.state === "waiting" || state.data.at_work) ? ASK_AGAIN : false,
  });
const peaksOf = (id: number) =>
  queryOptions({
    queryKey: ["recordings", id, "peaks"],
    queryFn: () => get<Peaks>(`/desk/recordings/${String(id)}/peaks`),
    staleTime: Infinity,
    retry: false,
  });

/** All recordings of a call, or that there is none. */
export function Recordings({ of, player, keys }: { of: { id: number }[] } & Omit<PlayerProps, "id">) {
  const { t } = useTranslation();
  if (of.length === 0) return <p className={css.words}>{t("player.none")}</p>;
  return of.map((each, place) => (
    <RecordingPlayer
      key={each.id}
      id={each.id}
      {...(place === 0 && player ? { player } : {})}
      {...(place === 0 && keys !== undefined ? { keys } : {})}
    />
  ));
}

export function RecordingPlayer({ id, player, keys }: PlayerProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const query = useQuery(recordingOf(id));
  const callId = query.data?.call_id;
  useEffect(
    () =>
      hearFacts((facts) => {
        if (facts.some((fact) => fact.fact === "call_changed" && fact.id === callId)) {
          void client.invalidateQueries({ queryKey: ["recordings", id], exact: true });
        }
      }),
    [client, callId, id],
  );
  if (query.data?.state === "fetched" && query.data.url !== null) {
    return <Sound recording={query.data} url={query.data.url} {...{ player, keys }} />;
  }
  if (query.data) return <NoSound recording={query.data} />;
  if (query.isError) {
    return (
      <p className={css.words} role="status">
        {isRefusal(query.error, 404) ? t("player.noRight") : sentence(query.error)}
      </p>
    );
  }
  return <Waiting text={t("player.loading")} tall={false} />;
}

// One recording is heard at a time, in whatever tab.
let heard: HTMLAudioElement | undefined;
let tabs: BroadcastChannel | undefined;

function alone(audio: HTMLAudioElement): void {
  if (heard !== audio) heard?.pause();
  heard = audio;
  if (typeof BroadcastChannel === "undefined") return;
  if (!tabs) {
    tabs = new BroadcastChannel("trubka-player");
    tabs.onmessage = () => heard?.pause();
  }
  tabs.postMessage("plays");
}

const kept = (name: string): string | null => localStorage.getItem(name);

interface SoundProps {
  recording: Recording;
  url: string;
  player: Ref<Player> | undefined;
  keys: string | undefined;
}

function Sound({ recording, url, player, keys }: SoundProps) {
  const { t } = useTranslation();
  const peaks = useQuery(peaksOf(recording.id)).data;
  const audio = useRef<HTMLAudioElement>(null);
  const wave = useRef<HTMLDivElement>(null);
  const [plays, setPlays] = useState(false);
  const [at, setAt] = useState(0);
  const [broken, setBroken] = useState(false);
  const [speed, setSpeed] = useState(() => Number(kept(SPEED)) || 1);
  const [skips, setSkips] = useState(() => kept(SKIP) === "yes");
  const total = recording.seconds ?? 0;
  const drawn = useMemo(() => (peaks ? outline(peaks.sides, BARS) : ""), [peaks]);
  const quiet = useMemo(() => (peaks && skips ? silences(peaks) : []), [peaks, skips]);
  const count = Math.min(BARS, peaks?.sides[0]?.length ?? BARS);

  useEffect(() => {
    const sound = audio.current;
    return () => {
      sound?.pause();
    };
  }, []);
  useEffect(() => {
    if (audio.current) audio.current.playbackRate = speed;
    localStorage.setItem(SPEED, String(speed));
  }, [speed]);
  useEffect(() => {
    localStorage.setItem(SKIP, skips ? "yes" : "no");
  }, [skips]);
  // While it plays, its place is shown smoothly; the browser itself tells it four times a second.
  useEffect(() => {
    if (!plays) return;
    let frame = 0;
    const look = () => {
      const sound = audio.current;
      if (sound) {
        const next = past(sound.currentTime, quiet);
        if (next !== undefined) sound.currentTime = next;
        setAt(sound.currentTime);
      }
      frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [plays, quiet]);

  function toggle(): void {
    const sound = audio.current;
    if (!sound) return;
    if (!sound.paused) {
      sound.pause();
      return;
    }
    setBroken(false);
    alone(sound);
    sound.playbackRate = speed;
    sound.play().catch((error: unknown) => {
      // Another one was played before this one had begun.
      if (!(error instanceof DOMException && error.name === "AbortError")) setBroken(true);
    });
  }
  function seek(seconds: number): void {
    const next = Math.min(Math.max(0, seconds), total);
    if (audio.current) audio.current.currentTime = next;
    setAt(next);
  }
  function clicked(event: MouseEvent): void {
    const box = wave.current?.getBoundingClientRect();
    if (box) seek(((event.clientX - box.left) / box.width) * total);
  }
  function pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") seek(at - STEP);
    else if (event.key === "ArrowRight") seek(at + STEP);
    else if (event.key === "Home") seek(0);
    else if (event.key === "End") seek(total);
    else if (event.key === " ") toggle();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  useImperativeHandle(player, () => ({ toggle }));
  const part = total > 0 ? Math.min(1, at / total) : 0;
  const word = plays ? t("player.pause") : t("player.play");

  return (
    <div className={css.player} role="group" aria-label={t("player.label")}>
      <audio
        ref={audio}
        src={url}
        preload="none"
        onPlay={() => {
          setPlays(true);
        }}
        onPause={() => {
          setPlays(false);
        }}
        onEnded={() => {
          setPlays(false);
        }}
        onError={() => {
          setPlays(false);
          setBroken(true);
        }}
      />
      <div className={css.row}>
        <Tooltip label={keys === undefined ? word : `${word} · ${keys}`} openDelay={400}>
          <ActionIcon
            variant="filled"
            radius="xl"
            size={34}
            aria-label={word}
            aria-keyshortcuts={keys}
            onClick={toggle}
          >
            {plays ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
          </ActionIcon>
        </Tooltip>
        <div
          ref={wave}
          className={css.wave}
          role="slider"
          tabIndex={0}
          aria-label={t("player.place")}
          aria-valuemin={0}
          aria-valuemax={Math.round(total)}
          aria-valuenow={Math.round(at)}
          aria-valuetext={t("player.of", { at: clock(at), total: clock(total) })}
          onClick={clicked}
          onKeyDown={pressed}
          style={{ "--part": `${String(part * 100)}%` } as React.CSSProperties}
        >
          <svg viewBox={`0 0 ${String(count)} 200`} preserveAspectRatio="none" aria-hidden="true">
            <path className={css.rest} d={drawn} />
          </svg>
          <svg
            className={css.heard}
            viewBox={`0 0 ${String(count)} 200`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <path d={drawn} />
          </svg>
          <span className={css.now} />
        </div>
      </div>
      <div className={css.row}>
        <span className={css.time}>{t("player.of", { at: clock(at), total: clock(total) })}</span>
        {keys !== undefined && (
          <Kbd size="xs" aria-hidden="true">
            {keys.replace("Alt+", "")}
          </Kbd>
        )}
        {recording.why?.code === "cut" && (
          <span className={css.cut}>{t("player.cut", { detail: recording.why.detail })}</span>
        )}
        <span className={css.space} />
        <Small
          label={t("player.back", { count: STEP })}
          onClick={() => {
            seek(at - STEP);
          }}
        >
          <RotateCcw size={15} aria-hidden="true" />
          <span className={css.ten}>{STEP}</span>
        </Small>
        <Small
          label={t("player.ahead", { count: STEP })}
          onClick={() => {
            seek(at + STEP);
          }}
        >
          <RotateCw size={15} aria-hidden="true" />
          <span className={css.ten}>{STEP}</span>
        </Small>
        <select
          className={css.speed}
          aria-label={t("player.speed")}
          title={t("player.speed")}
          value={speed}
          onChange={(event) => {
            setSpeed(Number(event.currentTarget.value));
          }}
        >
          {SPEEDS.map((each) => (
            <option key={each} value={each}>
              {`${String(each)}×`}
            </option>
          ))}
        </select>
        <Small
          label={t("player.skip")}
          pressed={skips}
          onClick={() => {
            setSkips(!skips);
          }}
        >
          <FastForward size={15} aria-hidden="true" />
        </Small>
        <Tooltip label={t("player.download")} openDelay={400}>
          <a className={css.small} href={`${url}?download=1`} download aria-label={t("player.download")}>
            <Download size={15} aria-hidden="true" />
          </a>
        </Tooltip>
        {recording.may_erase && <Erase id={recording.id} />}
      </div>
      {broken && (
        <p className={css.words} role="alert">
          {t("player.broken")}
        </p>
      )}
    </div>
  );
}

function Erase({ id }: { id: number }) {
  const { t } = useTranslation();
  const [asked, ask] = useState(false);
  return (
    <>
      <Small
        label={t("player.erase")}
        onClick={() => {
          ask(true);
        }}
      >
        <Trash2 size={15} aria-hidden="true" />
      </Small>
      {asked && (
        <Suspense fallback={null}>
          <EraseRecording
            id={id}
            onClose={() => {
              ask(false);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

interface SmallProps {
  label: string;
  pressed?: boolean;
  onClick: () => void;
  children: React.ReactNode;
}

function Small({ label, pressed, onClick, children }: SmallProps) {
  return (
    <Tooltip label={label} openDelay={400}>
      <button type="button" className={css.small} aria-label={label} aria-pressed={pressed} onClick={onClick}>
        {children}
      </button>
    </Tooltip>
  );
}

function NoSound({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  const words = wordsOf(recording);
  const { save, busy } = useSave(() => post(`/desk/recordings/${String(recording.id)}/retry`), {
    changes: ["recordings"],
    loud: true,
  });
  const cause = words.cause ? t(`player.why.${words.cause}`, { detail: words.detail }) : words.detail;
  const again =
    words.again &&
    t("player.again", {
      time: t(`player.in.${words.again.unit}`, { count: words.again.count }),
      left: words.again.left,
    });
  return (
    <div className={css.noSound} role="status">
      <p className={css.words}>
        {t(`player.state.${words.state}`)}
        {cause !== "" && <span className={css.cause}>{cause}</span>}
        {again !== undefined && <span className={css.cause}>{again}</span>}
      </p>
      {words.mayRetry && (
        <Button
          size="compact-xs"
          variant="default"
          loading={busy}
          onClick={() => {
            save(undefined);
          }}
        >
          {t("player.retry")}
        </Button>
      )}
      {recording.may_erase && <Erase id={recording.id} />}
    </div>
  );
}
