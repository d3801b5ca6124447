-- 试验 2026
-- made by kaoping sql for duckdb; change the script, not this text
--
-- Tables it reads. Numbers, dates and yes/no are kept in their own types, options as the words of the script; what is not filled in is NULL, not an empty text.
--
-- "subjects": one row per subject
--   "id" VARCHAR; never empty
--   "name" VARCHAR; never empty
--   "等级" VARCHAR; 甲, 乙, 丙; never empty
--   "到任" DATE; 1900-01-01..2199-12-31; may be empty
--   "满意率" DECIMAL(5,4); 0.0000..1.2000; a fraction: 0.95 is 95%; never empty
--   "办结" DECIMAL(4,2); 0.00..60.00; never empty
--
-- "通报": any number of rows per subject, id is that of the subject
--   "id" VARCHAR; never empty
--   "层级" VARCHAR; 省, 市; never empty
--   "日期" DATE; 1900-01-01..2199-12-31; never empty
--
-- The query takes the data as they are: it does not refuse ids that are doubled, options that are misspelt, or numbers out of range. `kaoping run` does. A row of the result is a subject, columns as in the CSV of `kaoping run`; requirements that are the same for all subjects are left out.

WITH "subjects_3" AS NOT MATERIALIZED (
  SELECT
    "subjects"."id" AS "id",
    "subjects"."name" AS "name",
    CAST("subjects"."办结" * 100 AS INTEGER) AS "办结 given",  -- 二(一) item 办结 60
    CAST("subjects"."满意率" * 10000 AS INTEGER) AS "满意率",  -- 二(一) input 满意率 : percent 0..120%
    CASE TRIM("subjects"."等级") WHEN '甲' THEN 0 WHEN '乙' THEN 1 WHEN '丙' THEN 2 END AS "等级"  -- 二(一) input 等级 : one of 甲, 乙, 丙
  FROM "subjects"), "subjects_4" AS NOT MATERIALIZED (
  SELECT
    (40 * CASE WHEN "满意率" < 10000 THEN "满意率" ELSE 10000 END) AS "评议",  -- 二(一) item 评议 40 = 40 * min(满意率, 100%)
    CASE WHEN ("等级" = 0) THEN 2 ELSE 0 END AS "bonus",  -- 二(二) bonus 2 if 等级 = 甲
    "subjects_3"."id",
    "subjects_3"."name",
    "subjects_3"."办结 given"
  FROM "subjects_3"), "subjects_5" AS NOT MATERIALIZED (
  SELECT
    (("办结 given" * 100) + "评议") AS "items",
    "subjects_4"."bonus",
    "subjects_4"."id",
    "subjects_4"."name",
    "subjects_4"."办结 given",
    "subjects_4"."评议"
  FROM "subjects_4"), "subjects_6" AS NOT MATERIALIZED (
  SELECT
    ("items" + ("bonus" * 10000) + 0) AS "subjects ·",
    "subjects_5"."bonus",
    "subjects_5"."id",
    "subjects_5"."name",
    "subjects_5"."办结 given",
    "subjects_5"."评议"
  FROM "subjects_5"), "subjects_7" AS NOT MATERIALIZED (
  SELECT
    (("subjects ·" + 50) // 100) AS "total",  -- total
    "subjects_6"."bonus",
    "subjects_6"."id",
    "subjects_6"."name",
    "subjects_6"."办结 given",
    "subjects_6"."评议"
  FROM "subjects_6"), "subjects_8" AS NOT MATERIALIZED (
  SELECT
    CASE WHEN ("total" >= 9000) THEN 2 WHEN (("total" >= 6000) AND ("total" < 9000)) THEN 1 ELSE 0 END AS "grade base",  -- grade case total [90..: 优秀, 60..<90: 合格, ..<60: 不合格]
    "subjects_7"."bonus",
    "subjects_7"."id",
    "subjects_7"."name",
    "subjects_7"."total",
    "subjects_7"."办结 given",
    "subjects_7"."评议"
  FROM "subjects_7"), "通报_3" AS NOT MATERIALIZED (
  SELECT
    "通报"."id" AS "id",
    CASE TRIM("通报"."层级") WHEN '省' THEN 0 WHEN '市' THEN 1 END AS "层级",  -- 二(一) 层级 : one of 省, 市
    CAST(DATE_DIFF('day', DATE '1970-01-01', "通报"."日期") + 719163 AS INTEGER) AS "日期"  -- 二(一) 日期 : date
  FROM "通报"), "通报_4" AS MATERIALIZED (
  SELECT
    ("日期" <= 739981) AS "require line 1",  -- 二(二) require 日期 <= 12月31日 for each 通报 "通报的日期在年度以后"
    "通报_3"."id",
    "通报_3"."层级"
  FROM "通报_3"), "folded 通报" AS NOT MATERIALIZED (
  SELECT
    "id" AS "id",
    COUNT(NULLIF(("层级" = 0), FALSE)) AS "veto line 1:1 count"
  FROM "通报_4"
  GROUP BY "id"), "subjects_9" AS NOT MATERIALIZED (
  SELECT
    "folded 通报"."veto line 1:1 count" AS "veto line 1:1 count_2",
    "subjects_8"."bonus",
    "subjects_8"."grade base",
    "subjects_8"."id",
    "subjects_8"."name",
    "subjects_8"."total",
    "subjects_8"."办结 given",
    "subjects_8"."评议"
  FROM "subjects_8"
  LEFT JOIN "folded 通报" ON "subjects_8"."id" = "folded 通报"."id"), "subjects_10" AS MATERIALIZED (
  SELECT
    COALESCE("veto line 1:1 count_2", 0) AS "veto line 1:1",  -- 二(二) veto if count(通报 where 层级 = 省) >= 2 "两次被省通报"
    "subjects_9"."bonus",
    "subjects_9"."grade base",
    "subjects_9"."id",
    "subjects_9"."name",
    "subjects_9"."total",
    "subjects_9"."办结 given",
    "subjects_9"."评议"
  FROM "subjects_9"), "values" AS NOT MATERIALIZED (
  SELECT
    "total" AS "total",  -- total
    COUNT(*) AS "number_2"
  FROM "subjects_10"
  GROUP BY "total"), "values_2" AS NOT MATERIALIZED (
  SELECT
    CAST(SUM("number_2") OVER (ORDER BY "total" DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS "upto",
    "values"."number_2",
    "values"."total"
  FROM "values"), "values_3" AS NOT MATERIALIZED (
  SELECT
    CAST("upto" - "number_2" + 1 AS INTEGER) AS "rank",
    "values_2"."total"
  FROM "values_2"), "subjects_11" AS NOT MATERIALIZED (
  SELECT
    "values_3"."rank" AS "rank_2",
    "subjects_10"."bonus",
    "subjects_10"."grade base",
    "subjects_10"."id",
    "subjects_10"."name",
    "subjects_10"."total",
    "subjects_10"."veto line 1:1",
    "subjects_10"."办结 given",
    "subjects_10"."评议"
  FROM "subjects_10"
  JOIN "values_3" ON "subjects_10"."total" = "values_3"."total"), "subjects_12" AS NOT MATERIALIZED (
  SELECT
    "rank_2" AS "rank_3",
    "subjects_11"."bonus",
    "subjects_11"."grade base",
    "subjects_11"."id",
    "subjects_11"."name",
    "subjects_11"."total",
    "subjects_11"."veto line 1:1",
    "subjects_11"."办结 given",
    "subjects_11"."评议"
  FROM "subjects_11"), "subjects_13" AS NOT MATERIALIZED (
  SELECT
    ("veto line 1:1" >= 2) AS "vetoed",  -- 二(二) veto if count(通报 where 层级 = 省) >= 2 "两次被省通报"
    "subjects_12"."bonus",
    "subjects_12"."grade base",
    "subjects_12"."id",
    "subjects_12"."name",
    "subjects_12"."rank_3",
    "subjects_12"."total",
    "subjects_12"."办结 given",
    "subjects_12"."评议"
  FROM "subjects_12"), "subjects_14" AS NOT MATERIALIZED (
  SELECT
    CASE WHEN "vetoed" THEN 0 ELSE "grade base" END AS "grade",
    "subjects_13"."bonus",
    "subjects_13"."id",
    "subjects_13"."name",
    "subjects_13"."rank_3",
    "subjects_13"."total",
    "subjects_13"."vetoed",
    "subjects_13"."办结 given",
    "subjects_13"."评议"
  FROM "subjects_13"), "failed rows" AS NOT MATERIALIZED (
  SELECT
    "id" AS "id",
    MAX(CASE WHEN NOT "require line 1" THEN 1 ELSE 0 END) AS "failed"
  FROM "通报_4"
  GROUP BY "id"), "subjects_15" AS NOT MATERIALIZED (
  SELECT
    "failed rows"."failed" AS "failed_2",
    "subjects_14"."bonus",
    "subjects_14"."grade",
    "subjects_14"."id",
    "subjects_14"."name",
    "subjects_14"."rank_3",
    "subjects_14"."total",
    "subjects_14"."vetoed",
    "subjects_14"."办结 given",
    "subjects_14"."评议"
  FROM "subjects_14"
  LEFT JOIN "failed rows" ON "subjects_14"."id" = "failed rows"."id")
SELECT
  CAST('试验' AS VARCHAR) AS "scheme",
  CAST('2026' AS VARCHAR) AS "period",
  "id" AS "id",
  "name" AS "name",
  CAST(CAST("办结 given" AS DECIMAL(34,0)) * CAST('0.01' AS DECIMAL(3,2)) AS DECIMAL(4,2)) AS "办结",  -- 二(一) item 办结 60
  CAST(CAST("评议" AS DECIMAL(32,0)) * CAST('0.0001' AS DECIMAL(5,4)) AS DECIMAL(6,4)) AS "评议",  -- 二(一) item 评议 40 = 40 * min(满意率, 100%)
  CAST(CAST("total" AS DECIMAL(34,0)) * CAST('0.01' AS DECIMAL(3,2)) AS DECIMAL(5,2)) AS "total",  -- total
  "bonus" AS "bonus",  -- 二(二) cap bonus 5
  CAST(0 AS INTEGER) AS "penalty",
  "rank_3" AS "rank",
  "vetoed" AS "vetoed",
  CASE "grade" WHEN 0 THEN '不合格' WHEN 1 THEN '合格' WHEN 2 THEN '优秀' END AS "grade",  -- grades 优秀 > 合格 > 不合格
  CAST(NULLIF(SUBSTR(CASE WHEN ("failed_2" = 1) THEN '; 通报的日期在年度以后' ELSE '' END, 3), '') AS VARCHAR) AS "findings"
FROM "subjects_15";
