// The two screens nobody wants: an address that is nothing, and a screen that has stopped.
import { Button } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Refusal, Unreachable } from "../api/client";
import { Failure } from "../ui/Page";
import { Door } from "./Door";
import { Failed } from "./Shown";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Door title={t("notFound.title")} text={t("notFound.text")}>
      <div>
        <Button component={Link} to="/" variant="default" fullWidth>
          {t("act.home")}
        </Button>
      </div>
    </Door>
  );
}

export function Stopped({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const router = useRouter();
  if (error instanceof Unreachable || error instanceof Refusal) {
    return (
      <Door title={t("trouble.title")}>
        <Failed error={error} onRetry={() => void router.invalidate()} />
      </Door>
    );
  }
  return (
    <Door title={t("trouble.screen")}>
      <Failure
        title={t("trouble.screen")}
        cause={t("trouble.screenCause")}
        button={t("act.reload")}
        onRetry={() => {
          location.reload();
        }}
      />
    </Door>
  );
}
