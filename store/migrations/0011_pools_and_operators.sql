ALTER TABLE "epochs" RENAME COLUMN "carried_wei" TO "pool_wei";--> statement-breakpoint
ALTER TABLE "epochs" ADD COLUMN "operators_wei" numeric(78,0);--> statement-breakpoint
ALTER TABLE "epochs" ADD COLUMN "pools" text;