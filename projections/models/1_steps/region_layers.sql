-- The regions whose calendar notices reach a region: itself at distance 0, then its parents.
-- grain:   region, layer_region
-- refresh: view
with recursive

layers as (
    select
        region,
        region as layer_region,
        0 as distance
    from regions
    union all
    select
        layers.region,
        regions.parent as layer_region,
        layers.distance + 1 as distance
    from layers
    inner join regions on layers.layer_region = regions.region
    where regions.parent is not null and layers.distance < 8
)

select
    region,
    layer_region,
    min(distance) as distance
from layers
group by region, layer_region
