CREATE TABLE "adapter_files" (
	"adapter" text NOT NULL,
	"role" text NOT NULL,
	"blob" text NOT NULL,
	CONSTRAINT "adapter_files_adapter_role_pk" PRIMARY KEY("adapter","role")
);
--> statement-breakpoint
CREATE TABLE "adapters" (
	"digest" text PRIMARY KEY NOT NULL,
	"base" text NOT NULL,
	"datanet" text NOT NULL,
	"recipe" text NOT NULL,
	"counterfactual_root" text NOT NULL,
	"card_digest" text NOT NULL,
	"held_out_loss_before_micro_nats" bigint NOT NULL,
	"held_out_loss_after_micro_nats" bigint NOT NULL,
	"run" text NOT NULL,
	"tx" text,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "aliases" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"adapter" text NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "answers" (
	"receipt" text PRIMARY KEY NOT NULL,
	"request_text" text,
	"request_salt" text NOT NULL,
	"answer_text" text,
	"answer_salt" text NOT NULL,
	"prompt_ids" text,
	"answer_ids" text,
	"erased_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "attributions" (
	"receipt" text PRIMARY KEY NOT NULL,
	"digest" text NOT NULL,
	"body" text NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"run" text NOT NULL,
	"step" integer NOT NULL,
	"state" text NOT NULL,
	"blob" text,
	"loss_micro_nats" bigint,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "checkpoints_run_step_pk" PRIMARY KEY("run","step")
);
--> statement-breakpoint
CREATE TABLE "contributions" (
	"datanet" text NOT NULL,
	"sample" text NOT NULL,
	"position" integer NOT NULL,
	"payee" text NOT NULL,
	"salt" text NOT NULL,
	"commitment" text NOT NULL,
	"batch_root" text NOT NULL,
	"batch_tx" text,
	"imported_by" text,
	"signature" text,
	"revealed_at_ms" bigint,
	CONSTRAINT "contributions_datanet_sample_pk" PRIMARY KEY("datanet","sample"),
	CONSTRAINT "contributions_order" UNIQUE("datanet","position")
);
--> statement-breakpoint
CREATE TABLE "datanet_versions" (
	"datanet" text NOT NULL,
	"number" integer NOT NULL,
	"root" text NOT NULL,
	"licences" text NOT NULL,
	"card_digest" text NOT NULL,
	"sample_count" integer NOT NULL,
	"curation" text NOT NULL,
	"tx" text,
	"block_hash" text,
	"created_at_ms" bigint NOT NULL,
	CONSTRAINT "datanet_versions_datanet_number_pk" PRIMARY KEY("datanet","number"),
	CONSTRAINT "datanet_versions_root" UNIQUE("datanet","root")
);
--> statement-breakpoint
CREATE TABLE "datanets" (
	"id" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"created_at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"curation" text NOT NULL,
	"sample" text NOT NULL,
	"datanet" text NOT NULL,
	"verdict" text NOT NULL,
	"rule" text NOT NULL,
	"reason" text NOT NULL,
	"cluster" text,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "decisions_curation_sample_pk" PRIMARY KEY("curation","sample")
);
--> statement-breakpoint
CREATE TABLE "effects" (
	"key" text PRIMARY KEY NOT NULL,
	"tool" text NOT NULL,
	"input" text NOT NULL,
	"state" text NOT NULL,
	"holder" text NOT NULL,
	"attempt" integer NOT NULL,
	"started_at_ms" bigint NOT NULL,
	"lease_until_ms" bigint NOT NULL,
	"finished_at_ms" bigint,
	"result" text,
	"failure" text
);
--> statement-breakpoint
CREATE TABLE "epochs" (
	"number" integer PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"receipt_count" integer,
	"received_wei" numeric(78,0),
	"paid_wei" numeric(78,0),
	"treasury_wei" numeric(78,0),
	"carried_wei" numeric(78,0),
	"root" text,
	"evidence_root" text,
	"close_tx" text,
	"propose_tx" text,
	"final_tx" text,
	"opened_at_ms" bigint NOT NULL,
	"frozen_at_ms" bigint,
	"proposed_at_ms" bigint,
	"final_at_ms" bigint,
	"claimed_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "histories" (
	"workflow" text PRIMARY KEY NOT NULL,
	"run" text NOT NULL,
	"blob" text NOT NULL,
	"events" integer NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "leaves" (
	"epoch" integer NOT NULL,
	"payee" text NOT NULL,
	"payee_key" text NOT NULL,
	"epoch_wei" numeric(78,0) NOT NULL,
	"cumulative_wei" numeric(78,0) NOT NULL,
	"claimed_tx" text,
	"claimed_at_ms" bigint,
	CONSTRAINT "leaves_epoch_payee_pk" PRIMARY KEY("epoch","payee")
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"payer" text NOT NULL,
	"nonce" text NOT NULL,
	"state" text NOT NULL,
	"request" text NOT NULL,
	"asset" text NOT NULL,
	"chain_id" integer NOT NULL,
	"pay_to" text NOT NULL,
	"fee_wei" numeric(78,0) NOT NULL,
	"valid_before_ms" bigint NOT NULL,
	"payload" text NOT NULL,
	"receipt" text,
	"settlement_tx" text,
	"refund_tx" text,
	"failure" text,
	"epoch" integer,
	"reserved_at_ms" bigint NOT NULL,
	"answered_at_ms" bigint,
	"settled_at_ms" bigint,
	"closed_at_ms" bigint,
	CONSTRAINT "payments_payer_nonce_pk" PRIMARY KEY("payer","nonce")
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"id" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"signature" text NOT NULL,
	"signer" text NOT NULL,
	"payer" text NOT NULL,
	"nonce" text NOT NULL,
	"adapter" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "receipts_payment" UNIQUE("payer","nonce")
);
--> statement-breakpoint
CREATE TABLE "rules" (
	"digest" text PRIMARY KEY NOT NULL,
	"body" text NOT NULL,
	"at_ms" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" text PRIMARY KEY NOT NULL,
	"recipe" text NOT NULL,
	"base" text NOT NULL,
	"datanet" text NOT NULL,
	"total_steps" integer NOT NULL,
	"adapter" text,
	"started_at_ms" bigint NOT NULL,
	"finished_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "samples" (
	"id" text PRIMARY KEY NOT NULL,
	"prompt" text,
	"completion" text,
	"payee" text NOT NULL,
	"licence" text NOT NULL,
	"source" text NOT NULL,
	"erased_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "tours" (
	"id" text PRIMARY KEY NOT NULL,
	"question_set" text NOT NULL,
	"options" text NOT NULL,
	"summary" text,
	"started_at_ms" bigint NOT NULL,
	"finished_at_ms" bigint
);
--> statement-breakpoint
CREATE TABLE "traces" (
	"subject" text NOT NULL,
	"position" integer NOT NULL,
	"key" text NOT NULL,
	"kind" text NOT NULL,
	"body" text NOT NULL,
	"previous" text NOT NULL,
	"digest" text NOT NULL,
	"at_ms" bigint NOT NULL,
	CONSTRAINT "traces_subject_position_pk" PRIMARY KEY("subject","position"),
	CONSTRAINT "traces_key" UNIQUE("subject","key")
);
--> statement-breakpoint
CREATE TABLE "version_samples" (
	"datanet" text NOT NULL,
	"number" integer NOT NULL,
	"position" integer NOT NULL,
	"sample" text NOT NULL,
	CONSTRAINT "version_samples_datanet_number_position_pk" PRIMARY KEY("datanet","number","position")
);
--> statement-breakpoint
ALTER TABLE "adapter_files" ADD CONSTRAINT "adapter_files_adapter_adapters_digest_fk" FOREIGN KEY ("adapter") REFERENCES "public"."adapters"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "aliases" ADD CONSTRAINT "aliases_adapter_adapters_digest_fk" FOREIGN KEY ("adapter") REFERENCES "public"."adapters"("digest") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "answers" ADD CONSTRAINT "answers_receipt_receipts_id_fk" FOREIGN KEY ("receipt") REFERENCES "public"."receipts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "attributions" ADD CONSTRAINT "attributions_receipt_receipts_id_fk" FOREIGN KEY ("receipt") REFERENCES "public"."receipts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "checkpoints" ADD CONSTRAINT "checkpoints_run_runs_id_fk" FOREIGN KEY ("run") REFERENCES "public"."runs"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_datanet_datanets_id_fk" FOREIGN KEY ("datanet") REFERENCES "public"."datanets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contributions" ADD CONSTRAINT "contributions_sample_samples_id_fk" FOREIGN KEY ("sample") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "datanet_versions" ADD CONSTRAINT "datanet_versions_datanet_datanets_id_fk" FOREIGN KEY ("datanet") REFERENCES "public"."datanets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_sample_samples_id_fk" FOREIGN KEY ("sample") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_datanet_datanets_id_fk" FOREIGN KEY ("datanet") REFERENCES "public"."datanets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "leaves" ADD CONSTRAINT "leaves_epoch_epochs_number_fk" FOREIGN KEY ("epoch") REFERENCES "public"."epochs"("number") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "version_samples" ADD CONSTRAINT "version_samples_sample_samples_id_fk" FOREIGN KEY ("sample") REFERENCES "public"."samples"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "aliases_name" ON "aliases" USING btree ("name","seq");--> statement-breakpoint
CREATE INDEX "contributions_batch" ON "contributions" USING btree ("batch_root");--> statement-breakpoint
CREATE INDEX "decisions_datanet" ON "decisions" USING btree ("datanet");--> statement-breakpoint
CREATE INDEX "effects_state" ON "effects" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "epochs_one_open" ON "epochs" USING btree ("state") WHERE state = 'open';--> statement-breakpoint
CREATE INDEX "leaves_payee" ON "leaves" USING btree ("payee","epoch");--> statement-breakpoint
CREATE INDEX "payments_state" ON "payments" USING btree ("state","reserved_at_ms");--> statement-breakpoint
CREATE INDEX "payments_epoch" ON "payments" USING btree ("epoch");--> statement-breakpoint
CREATE INDEX "samples_payee" ON "samples" USING btree ("payee");--> statement-breakpoint
CREATE INDEX "version_samples_sample" ON "version_samples" USING btree ("sample");