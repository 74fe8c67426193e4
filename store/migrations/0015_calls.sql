CREATE TABLE "calls" (
	"key" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"parent" text,
	"workflow" text NOT NULL,
	"run" text NOT NULL,
	"agent" text NOT NULL,
	"lineage" text[] NOT NULL,
	"step" text NOT NULL,
	"node" text NOT NULL,
	"name" text NOT NULL,
	"effect" text NOT NULL,
	"state" text NOT NULL,
	"failure" text,
	"by" text NOT NULL,
	"policy" text,
	"provider" text,
	"model" text,
	"input_digest" text NOT NULL,
	"output_digest" text,
	"cost_wei" numeric(78,0),
	"input_tokens" integer,
	"output_tokens" integer,
	"attempt" integer NOT NULL,
	"ms" integer NOT NULL,
	"rss_mib" integer NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "calls_workflow" ON "calls" USING btree ("workflow");--> statement-breakpoint
CREATE INDEX "calls_lineage" ON "calls" USING gin ("lineage");