CREATE TABLE "purchases" (
	"key" text PRIMARY KEY NOT NULL,
	"payment" text NOT NULL,
	"amount_wei" numeric(78,0) NOT NULL,
	"at_ms" bigint NOT NULL
);
