CREATE TABLE "channels" (
	"id" text PRIMARY KEY NOT NULL,
	"payer" text NOT NULL,
	"config" text NOT NULL,
	"charged_wei" numeric(78,0) NOT NULL,
	"signed_wei" numeric(78,0),
	"signature" text,
	"pending_nonce" text,
	"pending_wei" numeric(78,0),
	"pending_signature" text,
	"balance_wei" numeric(78,0) NOT NULL,
	"claimed_wei" numeric(78,0) NOT NULL,
	"withdraw_at" integer DEFAULT 0 NOT NULL,
	"refund_nonce" integer DEFAULT 0 NOT NULL,
	"synced_at_ms" bigint NOT NULL,
	"used_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "own_channels" (
	"id" text PRIMARY KEY NOT NULL,
	"context" text NOT NULL,
	"deposit" text,
	"deposit_until_ms" bigint,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "channel_wei" numeric(78,0);--> statement-breakpoint
CREATE INDEX "channels_payer" ON "channels" USING btree ("payer");--> statement-breakpoint
CREATE INDEX "channels_used" ON "channels" USING btree ("used_at_ms");