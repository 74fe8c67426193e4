CREATE TABLE "budget_limits" (
	"wallet" text NOT NULL,
	"asset" text NOT NULL,
	"agent" text NOT NULL,
	"scope" text NOT NULL,
	"bucket" text NOT NULL,
	"set_by" text NOT NULL,
	"limit_wei" numeric(78,0) NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "budget_limits_wallet_asset_agent_scope_bucket_set_by_pk" PRIMARY KEY("wallet","asset","agent","scope","bucket","set_by")
);
--> statement-breakpoint
CREATE TABLE "budget_uses" (
	"wallet" text NOT NULL,
	"asset" text NOT NULL,
	"agent" text NOT NULL,
	"scope" text NOT NULL,
	"bucket" text NOT NULL,
	"reserved_wei" numeric(78,0) NOT NULL,
	"spent_wei" numeric(78,0) NOT NULL,
	"released_wei" numeric(78,0) NOT NULL,
	CONSTRAINT "budget_uses_wallet_asset_agent_scope_bucket_pk" PRIMARY KEY("wallet","asset","agent","scope","bucket")
);
--> statement-breakpoint
CREATE TABLE "spendings" (
	"key" text PRIMARY KEY NOT NULL,
	"wallet" text NOT NULL,
	"asset" text NOT NULL,
	"agent" text NOT NULL,
	"run" text NOT NULL,
	"day" text NOT NULL,
	"counterparty" text NOT NULL,
	"kind" text NOT NULL,
	"within" text,
	"state" text NOT NULL,
	"amount_wei" numeric(78,0) NOT NULL,
	"spent_wei" numeric(78,0) NOT NULL,
	"drawn_wei" numeric(78,0) NOT NULL,
	"attempt" integer NOT NULL,
	"scheme" text,
	"nonce" text,
	"valid_before_ms" bigint,
	"expires_at_ms" bigint NOT NULL,
	"tx" text,
	"reason" text,
	"reserved_at_ms" bigint NOT NULL,
	"closed_at_ms" bigint
);
--> statement-breakpoint
ALTER TABLE "traces" ADD COLUMN "signature" text;--> statement-breakpoint
ALTER TABLE "traces" ADD COLUMN "signer" text;