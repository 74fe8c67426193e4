CREATE TABLE "datanet_auditors" (
	"datanet" text NOT NULL,
	"auditor" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "datanet_auditors_datanet_auditor_pk" PRIMARY KEY("datanet","auditor")
);
--> statement-breakpoint
CREATE TABLE "payee_claims" (
	"nonce" text PRIMARY KEY NOT NULL,
	"purpose" text NOT NULL,
	"payee" text NOT NULL,
	"account" text NOT NULL,
	"chain_id" text NOT NULL,
	"escrow" text NOT NULL,
	"state" text NOT NULL,
	"expires_at_ms" bigint NOT NULL,
	"evidence" text,
	"source" text,
	"tx" text,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "payee_keys" (
	"payee" text PRIMARY KEY NOT NULL,
	"account" text NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
ALTER TABLE "datanets" ADD COLUMN "access" text DEFAULT 'open' NOT NULL;--> statement-breakpoint
ALTER TABLE "datanet_auditors" ADD CONSTRAINT "datanet_auditors_datanet_datanets_id_fk" FOREIGN KEY ("datanet") REFERENCES "public"."datanets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "payee_claims_payee" ON "payee_claims" USING btree ("payee","state");