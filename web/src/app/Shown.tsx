// What a screen shows while its question is open, and when it failed; else the answer.
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Unreachable, isRefusal } from "../api/client";
import { Failure, Waiting } from "../ui/Page";
import { sentence } from "./sentence";

interface ShownProps<T> {
  query: UseQueryResult<T>;
  waiting: string;
  children: (data: T) => ReactNode;
}

export function Shown<T>({ query, waiting, children }: ShownProps<T>) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  return <Waiting text={waiting} />;
}

export function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation();
  const button = t("act.retry");
  if (error instanceof Unreachable) {
    return (
      <Failure
        title={t("trouble.offline")}
        cause={t("trouble.offlineCause")}
        button={button}
        onRetry={onRetry}
      />
    );
  }
  if (isRefusal(error, 403)) {
    return (
      <Failure
        title={t("trouble.forbidden")}
        cause={t("trouble.forbiddenCause")}
        button={button}
        onRetry={onRetry}
      />
    );
  }
  return <Failure title={t("trouble.title")} cause={sentence(error)} button={button} onRetry={onRetry} />;
}
