ALTER TABLE "attributions" ADD COLUMN "tier" text DEFAULT 'receipt' NOT NULL;--> statement-breakpoint
ALTER TABLE "attributions" DROP CONSTRAINT "attributions_pkey";--> statement-breakpoint
ALTER TABLE "attributions" ADD CONSTRAINT "attributions_receipt_tier_pk" PRIMARY KEY("receipt","tier");--> statement-breakpoint
ALTER TABLE "epochs" ADD COLUMN "draw_block" integer;--> statement-breakpoint
ALTER TABLE "epochs" ADD COLUMN "scoring" text;
