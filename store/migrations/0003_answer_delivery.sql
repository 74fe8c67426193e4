ALTER TABLE "answers" ADD COLUMN "finish" text;--> statement-breakpoint
ALTER TABLE "answers" ADD COLUMN "logprobs" text;