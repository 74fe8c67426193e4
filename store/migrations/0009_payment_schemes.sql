ALTER TABLE "payments" ADD COLUMN "scheme" text DEFAULT 'exact' NOT NULL;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "max_wei" numeric(78,0);--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "channel" text;--> statement-breakpoint
CREATE INDEX "payments_channel" ON "payments" USING btree ("channel","state");