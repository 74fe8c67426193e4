CREATE TABLE "payment_identifiers" (
	"payer" text NOT NULL,
	"id" text NOT NULL,
	"nonce" text NOT NULL,
	"request" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "payment_identifiers_payer_id_pk" PRIMARY KEY("payer","id")
);
--> statement-breakpoint
ALTER TABLE "answers" ADD COLUMN "erase_wished_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "answers" ADD COLUMN "erase_signature" text;