CREATE TABLE "answer_jobs" (
	"key" text PRIMARY KEY NOT NULL,
	"queue" text NOT NULL,
	"request" text NOT NULL,
	"answer" text,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "engine_workers" (
	"id" text PRIMARY KEY NOT NULL,
	"groups" integer NOT NULL,
	"room" integer NOT NULL,
	"until_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "answer_jobs_at" ON "answer_jobs" USING btree ("at_ms");--> statement-breakpoint
CREATE INDEX "answer_jobs_queue" ON "answer_jobs" USING btree ("queue");