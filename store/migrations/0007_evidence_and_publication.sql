ALTER TABLE "attributions" ADD COLUMN "signature" text;--> statement-breakpoint
ALTER TABLE "attributions" ADD COLUMN "signer" text;--> statement-breakpoint
ALTER TABLE "epochs" ADD COLUMN "evidence_version" integer;--> statement-breakpoint
ALTER TABLE "epochs" ADD COLUMN "published" text;