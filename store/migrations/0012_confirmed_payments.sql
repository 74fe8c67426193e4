ALTER TABLE "payments" ADD COLUMN "confirmed_at_ms" bigint;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "vanished" text;