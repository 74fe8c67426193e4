CREATE TABLE "approval_rules" (
	"tool" text NOT NULL,
	"agent" text NOT NULL,
	"mode" text NOT NULL,
	"under_wei" numeric(78,0),
	"budget_wei" numeric(78,0),
	"used_wei" numeric(78,0) NOT NULL,
	"expires_seconds" bigint,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "approval_rules_tool_agent_pk" PRIMARY KEY("tool","agent")
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"digest" text PRIMARY KEY NOT NULL,
	"place" text NOT NULL,
	"workflow" text,
	"run" text,
	"step" text NOT NULL,
	"agent" text NOT NULL,
	"tool" text NOT NULL,
	"effect" text NOT NULL,
	"action" text,
	"amount_wei" numeric(78,0),
	"state" text NOT NULL,
	"by" text,
	"reason" text,
	"expires_at_ms" bigint,
	"asked_at_ms" bigint NOT NULL,
	"decided_at_ms" bigint
);
--> statement-breakpoint
ALTER TABLE "calls" ADD COLUMN "approval" text;--> statement-breakpoint
CREATE INDEX "approvals_place" ON "approvals" USING btree ("place");--> statement-breakpoint
CREATE INDEX "approvals_state" ON "approvals" USING btree ("state");