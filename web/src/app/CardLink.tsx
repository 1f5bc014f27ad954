// A card by its name, leading to its page.
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { CardOf } from "../api/calls";

export const cardPath = (card: Pick<CardOf, "entity" | "id">): "/" => `/${card.entity}/${card.id}` as "/";

export function CardLink({ card, className }: { card: CardOf; className?: string | undefined }) {
  const { t } = useTranslation();
  return (
    <Link to={cardPath(card)} className={className}>
      {card.name === "" ? t("contacts.unnamed") : card.name}
    </Link>
  );
}
